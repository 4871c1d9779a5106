-- name: suspicion(conversation_id)^
select * from messages where conversation_id = :conversation_id and suspected = 1 order by id desc limit 1;

-- name: suspected(conversation_id)
select id from messages where conversation_id = :conversation_id and suspected = 1;

-- name: judged(id)!
update messages set suspected = 0 where id = :id;

-- name: suspect_again(id)!
update messages set suspected = 1 where id = :id;
