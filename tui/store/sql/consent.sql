-- name: suspicion(conversation_id)^
select * from messages where conversation_id = :conversation_id and suspected = 1 order by id desc limit 1;

-- name: suspected(conversation_id)
select id from messages where conversation_id = :conversation_id and suspected = 1;

-- name: judged(id)!
update messages set suspected = 0 where id = :id;

-- name: suspect_again(id)!
update messages set suspected = 1 where id = :id;

-- name: last_change_of_state(conversation_id)$
select action from audit
where conversation_id = :conversation_id
  and action in ('close', 'reopen', 'snooze', 'undo', 'closed: opted out', 'opened: opted in')
order by id desc limit 1;
