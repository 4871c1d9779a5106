-- name: note(id, agent)^
select * from messages where id = :id and agent = :agent and direction = 'note';

-- name: drop_note(id)!
delete from messages where id = :id;

-- name: drop_mentions(message_id)!
delete from mentions where message_id = :message_id;

-- name: newest(conversation_id)^
select * from messages where conversation_id = :conversation_id order by id desc limit 1;
