-- Who must not be texted cannot be answered, and so does not wait; what would wait is kept aside.

alter table conversations add column unanswered_since bigint;

update conversations set unanswered_since = waiting_since where waiting_since is not null;

update counters set value = value - (
  select count(*) from conversations
  where state = 'open' and opted_out = 1 and waiting_since is not null)
where name = 'waiting';

update conversations set waiting_since = null, rank = 10000000000000 - last_at
where opted_out = 1 and waiting_since is not null;
