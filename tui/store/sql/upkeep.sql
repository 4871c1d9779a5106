-- name: measure_dead(dead_before, latest, changes_kept, read_kept)^
select (select count(*) from processes where seen_at < :dead_before or seen_at > :latest)
  + (select count(*) from presence where seen_at < :dead_before or seen_at > :latest)
  + (select count(*) from leases where expires_at < :dead_before or expires_at > :latest)
  + (select count(*) - count(distinct account) from listeners) as rows,
  coalesce((select max(seq) from changes) - (select min(seq) from changes) + 1, 0) > :changes_kept as changes,
  (select count(*) from (select 1 from arrivals indexed by arrivals_by_state where state = 'read'
    limit :read_kept + 1) some_read) > :read_kept as arrivals;

-- name: drop_processes(dead_before, latest)!
delete from processes where (seen_at < :dead_before or seen_at > :latest)
  and not exists (select 1 from messages m where m.claimed_by = processes.owner and m.status = 'sending');

-- name: drop_presence(dead_before, latest)!
delete from presence where seen_at < :dead_before or seen_at > :latest;

-- name: drop_leases(dead_before, latest)!
delete from leases where expires_at < :dead_before or expires_at > :latest;

-- The last listener of an account stays: since when there has been none is shown.
-- name: drop_listeners(dead_before, latest)!
delete from listeners where (seen_at < :dead_before or seen_at > :latest) and seen_at <> (
  select max(l.seen_at) from listeners l where l.account = listeners.account and l.seen_at <= :latest);

-- name: drop_read(read_kept, limit)!
delete from arrivals where id in (
  select id from arrivals indexed by arrivals_by_state where state = 'read'
  order by last_at desc limit :limit offset :read_kept);
