-- Conversations are ordered by the provider's time; the order of arrival is kept beside it.

alter table messages add column arrived_at bigint;   -- null: within a minute of its time
alter table messages add column arrival bigint;      -- on the scale of ids; null: arrived in order
create index messages_by_arrival on messages (conversation_id, arrival) where arrival is not null;

alter table conversations add column last_arrival bigint not null default 0;
update conversations set last_arrival = last_id;

-- The list shows the time of the message whose text it shows.
update conversations set last_at = (select m.at from messages m where m.id = last_id)
where exists (select 1 from messages m where m.id = last_id and m.at <> last_at);
update conversations set rank = 10000000000000 - last_at where waiting_since is null;

-- What an event was before a second one came under its id.
alter table events add column own text;              -- our address; null: not recorded
alter table events add column digest text not null default '';
alter table events add column copy text not null default ''
  check (copy in ('', 'repeated', 'completed', 'reused'));
