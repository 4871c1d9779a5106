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

-- name: list_since(since, until)
select agent, account, view, waited_from, answered_at, due_at from answers
where answered_at >= :since and answered_at < :until order by answered_at, message_id;

-- name: hours()^
select week, holidays, zone from desk_hours where id = 1;

-- name: save_hours(week, holidays, zone)!
insert into desk_hours (id, week, holidays, zone) values (1, :week, :holidays, :zone)
on conflict (id) do update set week = excluded.week, holidays = excluded.holidays, zone = excluded.zone;
