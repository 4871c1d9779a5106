-- name: known_arrival(account, digest)^
select id, state, done_by from arrivals where account = :account and digest = :digest;

-- name: add_arrival(account, channel, source, digest, method, target, tail, query, headers, http_version, body, size, state, cause, reason, now)!
insert into arrivals (account, channel, source, digest, method, target, tail, query, headers, http_version, body, size,
  state, cause, reason, received_at, last_at)
values (:account, :channel, :source, :digest, :method, :target, :tail, :query, :headers, :http_version, :body, :size,
  :state, :cause, :reason, :now, :now);

-- name: add_account(account)!
insert into accounts (name) values (:account) on conflict (name) do nothing;

-- name: update_arrival(id, target, headers, http_version, state, cause, reason, done_at, done_by)!
update arrivals set target = :target, headers = :headers, http_version = :http_version, state = :state,
  cause = coalesce(:cause, cause), reason = coalesce(:reason, reason), done_at = :done_at, done_by = :done_by
-- Another process may have dismissed or taken it in meanwhile: only a success changes what is held no more.
where id = :id and (state = 'held' or (state = 'dismissed' and :state = 'retaken'));

-- name: forget_arrival(id)!
delete from arrivals where id = :id;

-- name: count_repeat(id, now)!
update arrivals set repeats = repeats + 1, last_at = :now where id = :id;

-- name: dismiss(id, now, agent)!
update arrivals set state = 'dismissed', done_at = :now, done_by = :agent where id = :id and state = 'held';

-- name: restore(id)!
update arrivals set state = 'held', done_at = 0, done_by = '' where id = :id and state = 'dismissed';

-- name: get(id)^
select * from arrivals where id = :id;

-- Lists show the beginning of a body; `get` returns all of it.
-- name: list_held(account, limit)
select id, account, channel, source, method, target, tail, query, headers, http_version, size, state, cause, reason,
  received_at, last_at, repeats, done_at, done_by, substr(body, 1, 16000) as body
from arrivals where state = 'held' and account = coalesce(:account, account) order by id desc limit :limit;

-- name: list_done(account, limit)
select id, account, channel, source, method, target, tail, query, headers, http_version, size, state, cause, reason,
  received_at, last_at, repeats, done_at, done_by, substr(body, 1, 16000) as body
from arrivals where state in ('retaken', 'dismissed') and account = coalesce(:account, account)
order by done_at desc, id desc limit :limit;

-- name: summarize_held()
select account, cause, reason, count(*) as count, max(last_at) as last_at from arrivals where state = 'held'
group by account, cause, reason order by account, count(*) desc, reason;

-- name: measure_kept(account)^
select count(*) filter (where state = 'held') as held, cast(coalesce(sum(length(body)), 0) as bigint) as bytes from arrivals
where state <> 'read' and account = :account;

-- name: done_bodies(account)
-- By the index, because a column behind the body is found only by reading all of the body.
select id, length(body) as bytes from arrivals indexed by arrivals_kept
where state in ('retaken', 'dismissed') and state <> 'read' and account = :account and length(body) > 0 order by id;

-- name: held_bodies(account)
select id, length(body) as bytes from arrivals where state = 'held' and account = :account order by id;

-- name: dismiss_for_quota(id, now)!
update arrivals set state = 'dismissed', done_at = :now, reason = reason || ' (dismissed: too many were held)'
where id = :id;

-- name: drop_body(id)!
update arrivals set body = substr(body, 1, 0) where id = :id;

-- name: has_old(read_before, large_before, done_before)$
select exists (select 1 from arrivals where state = 'read' and last_at < :read_before)
  or exists (select 1 from arrivals where state = 'read' and last_at < :large_before and size > 65536)
  or exists (select 1 from arrivals where state in ('retaken', 'dismissed') and last_at < :done_before);

-- name: prune_read(before, limit)!
delete from arrivals where id in (
  select id from arrivals where state = 'read' and last_at < :before order by last_at limit :limit);

-- name: prune_large_read(before, limit)!
delete from arrivals where id in (
  select id from arrivals where state = 'read' and last_at < :before and size > 65536 order by last_at limit :limit);

-- name: prune_done(before, limit)!
delete from arrivals where id in (
  select id from arrivals where state in ('retaken', 'dismissed') and last_at < :before order by last_at limit :limit);

-- name: count_refusal(account, refusal, count, now)!
insert into refusals (account, refusal, count, last_at) values (:account, :refusal, :count, :now)
on conflict (account, refusal) do update set count = refusals.count + excluded.count, last_at = excluded.last_at;

-- name: list_refusals()
select * from refusals order by account, refusal;
