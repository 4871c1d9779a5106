-- A draft keeps the time for which it was planned, until it is sent or the time is dropped.

alter table drafts add column send_at bigint;                                  -- ms UTC; null: at once
alter table drafts add column cancel_on_reply integer not null default 0;
