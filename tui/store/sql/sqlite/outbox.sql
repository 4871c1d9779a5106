-- A hold or a pause that began in the future is over: the clock was set back. A planned time holds.
-- name: claim(owner, account, now, latest, limit)
update messages set status = 'sending', claimed_by = :owner, attempts = attempts + 1, status_at = :now
where id in (
    select id from messages
    where account = :account and status = 'queued'
      and (hold_until <= :now or (at > :latest and (scheduled_at is null or hold_until <> scheduled_at)))
      and (next_try_at <= :now or (paused_at > :latest and next_try_at < coalesce(scheduled_at, next_try_at + 1)))
    order by id limit :limit
  ) and status = 'queued'
returning *;
