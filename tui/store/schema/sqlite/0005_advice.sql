-- What a failure's code advises is kept with it; failures, suspicions and low balances are found quickly.

alter table messages add column advice text not null default '';
alter table events add column advice text not null default '';
alter table accounts add column balance_amount real;

create index messages_trouble on messages (at)
  where handled = 0 and status in ('failed', 'rejected', 'expired', 'uncertain');
create index messages_suspected on messages (conversation_id, id) where suspected = 1;
