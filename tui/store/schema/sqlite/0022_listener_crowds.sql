-- When a listener had more connections than places, and whose connections were closed.

alter table listeners add column full_since bigint not null default 0;
alter table listeners add column full_until bigint not null default 0;      -- 0: it never was
alter table listeners add column full_closed integer not null default 0;
alter table listeners add column full_address text not null default '';     -- that most of them came from
alter table listeners add column full_address_closed integer not null default 0;
