-- name: queues(now)
select account, count(*) as messages, count(*) filter (where hold_until <= :now) as due,
  min(case when hold_until > at then hold_until else at end) filter (where hold_until <= :now) as oldest
from messages where status = 'queued' group by account;

-- name: uncertain()
select account, count(*) as messages, min(at) as oldest
from messages where status = 'uncertain' and handled = 0 group by account;

-- name: held()
select account, count(*) as items from arrivals where state = 'held' group by account;

-- name: accounts()
select name, health, ok_at, balance_amount, credit_out_at, receipt_limit_ms from accounts order by name;

-- name: holders(now, latest, longest)
select name, owner from leases
where expires_at >= :now and renewed_at <= :latest and expires_at <= :latest + :longest;

-- name: alarms()
select * from sent_alarms order by kind, account;

-- name: add_alarm(kind, account, text, now)!
insert into sent_alarms (kind, account, raised, since, text, changes) values (:kind, :account, 1, :now, :text, 1)
on conflict (kind, account) do nothing;

-- name: change_alarm(kind, account, raised, text, now)!
update sent_alarms set raised = :raised, since = :now, text = :text, changes = changes + 1
where kind = :kind and account = :account and raised <> :raised;

-- The time that was read is compared: two processes that look at once must not both send.
-- name: claim_alarm(kind, account, known, until)!
update sent_alarms set next_at = :until where kind = :kind and account = :account and next_at = :known;

-- name: record_sent(kind, account, raised, until)!
update sent_alarms set sent_raised = :raised, changes = case when raised = :raised then 0 else 1 end, next_at = :until
where kind = :kind and account = :account;

-- name: drop_alarm(kind, account)!
delete from sent_alarms where kind = :kind and account = :account and raised = 0 and sent_raised = 0 and changes = 0;

-- name: record_delivery(channel, now, line)!
insert into alarm_deliveries (channel, at, line) values (:channel, :now, :line)
on conflict (channel) do update set at = excluded.at, line = excluded.line;

-- name: deliveries()
select channel, at, line from alarm_deliveries order by channel;
