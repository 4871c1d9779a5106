-- name: waiting_ids()
select id from conversations
where state = 'open' and waiting_since is not null and rank < 5000000000000
order by rank, id;

-- name: judged_ids()
select id from conversations where due_at is not null;

-- name: due_ids(now)
select id from conversations where due_at is not null and due_at <= :now and overdue = 0;

-- name: record(message_id, agent, account, view, waited_from, answered_at, due_at)*!
insert into answers (message_id, agent, account, view, waited_from, answered_at, due_at)
values (:message_id, :agent, :account, :view, :waited_from, :answered_at, :due_at)
on conflict (message_id) do nothing;

-- name: drop_answer(message_id)!
delete from answers where message_id = :message_id;

-- An answer that was cancelled, here or at the provider, was none.
-- name: list_since(since, until)
select a.agent, a.account, a.view, a.waited_from, a.answered_at, a.due_at
from answers a join messages m on m.id = a.message_id
where a.answered_at >= :since and a.answered_at < :until and m.status <> 'cancelled'
order by a.answered_at, a.message_id;

-- name: hours()^
select week, holidays, zone from desk_hours where id = 1;

-- name: save_hours(week, holidays, zone)!
insert into desk_hours (id, week, holidays, zone) values (1, :week, :holidays, :zone)
on conflict (id) do update set week = excluded.week, holidays = excluded.holidays, zone = excluded.zone;
