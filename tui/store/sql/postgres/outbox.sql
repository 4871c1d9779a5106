-- Materialised, so that the limit is applied once: the planner could repeat the choice for each row. Others that
-- claim at the same moment pass over the rows that are taken.
-- name: claim(owner, account, now, latest, limit)
with due as materialized (
  select id from messages
  where account = :account and status = 'queued'
    and (hold_until <= :now or (at > :latest and (scheduled_at is null or hold_until <> scheduled_at)))
    and (next_try_at <= :now or (paused_at > :latest and next_try_at < coalesce(scheduled_at, next_try_at + 1)))
  order by id limit :limit
  for update skip locked
)
update messages m set status = 'sending', claimed_by = :owner, attempts = attempts + 1, status_at = :now
from due where m.id = due.id and m.status = 'queued'
returning m.*;
