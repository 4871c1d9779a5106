-- name: events_after(id, limit)
select * from journal where id > :id order by id limit :limit;

-- name: event(id)^
select * from journal where id = :id;

-- name: last_event()$
select coalesce(max(id), 0) from journal;

-- name: first_event()$
select coalesce(min(id), 0) from journal;

-- The newest row stays: the ids go on from it. A time of the future is that of a clock that was wrong.
-- name: first_kept(before, latest)$
select coalesce((select id from journal where at between :before and :latest order by id limit 1),
  (select max(id) from journal), 0);

-- name: prune_events(first_kept, limit)!
delete from journal where id < :first_kept and id < (select min(id) from journal) + :limit;

-- name: targets()
select * from event_targets order by name;

-- name: target(name)^
select * from event_targets where name = :name;

-- name: add_target(name)!
insert into event_targets (name, position) values (:name, (select coalesce(max(id), 0) from journal))
on conflict (name) do nothing;

-- name: drop_target(name)!
delete from event_targets where name = :name;

-- name: move_target(name, known, position)!
update event_targets set position = :position where name = :name and position = :known;

-- name: add_run(target, event_id, owner, now)!
insert into event_runs (target, event_id, owner, began_at) values (:target, :event_id, :owner, :now)
on conflict (target, event_id) do nothing;

-- name: end_run(target, event_id)!
delete from event_runs where target = :target and event_id = :event_id;

-- name: fail_run(target, event_id, now, line)!
update event_runs set ended_at = :now, line = :line where target = :target and event_id = :event_id;

-- name: note_line(name, now, line)!
update event_targets set line = :line, line_at = :now where name = :name;

-- name: cut_off(owner, dead_before, latest)
select r.target, r.event_id from event_runs r left join processes p on p.owner = r.owner
where r.ended_at = 0 and r.owner <> :owner and (p.owner is null or p.seen_at < :dead_before or p.seen_at > :latest);

-- name: claim_post(name, known, owner, now, until, latest)!
update event_targets set owner = :owner, claimed_until = :until
where name = :name and position = :known and (next_try_at <= :now or next_try_at > :latest)
  and (owner in ('', :owner) or claimed_until < :now or claimed_until > :latest);

-- name: finish_post(name, owner, position, now)!
update event_targets set position = :position, owner = '', claimed_until = 0, attempts = 0, failing_since = 0,
  next_try_at = 0, line = '', line_at = :now
where name = :name and owner = :owner and position < :position;

-- name: retry_post(name, owner, position, now, next_try_at, line)!
update event_targets set position = :position, owner = '', claimed_until = 0, attempts = attempts + 1, next_try_at = :next_try_at,
  failing_since = case when failing_since = 0 then :now else failing_since end, line = :line, line_at = :now
where name = :name and owner = :owner;

-- name: retry_now(name)!
update event_targets set next_try_at = 0 where name = :name;

-- name: skip_all(name)!
update event_targets set position = (select coalesce(max(id), 0) from journal), attempts = 0, failing_since = 0,
  next_try_at = 0, line = '' where name = :name;

-- name: failed_runs(limit)
select * from event_runs where ended_at > 0 order by ended_at desc, target, event_id desc limit :limit;

-- name: count_failed_runs()$
select count(*) from event_runs where ended_at > 0;

-- name: prune_runs(kept)!
delete from event_runs where ended_at > 0 and ended_at < (
  select min(ended_at) from (select ended_at from event_runs where ended_at > 0 order by ended_at desc limit :kept) newest);
