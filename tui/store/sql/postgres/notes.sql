-- name: forget_text(id, body)!
delete from messages_fts where id = :id;
