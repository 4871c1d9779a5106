-- name: everything(after, limit)
select m.*, c.party, c.address, c.name from messages m join conversations c on c.id = m.conversation_id
where m.id > :after order by m.id limit :limit;

-- name: of_conversation(conversation_id, after, limit)
select m.*, c.party, c.address, c.name from messages m join conversations c on c.id = m.conversation_id
where m.conversation_id = :conversation_id and m.id > :after order by m.id limit :limit;
