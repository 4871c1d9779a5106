-- name: forget_text(id, body)!
insert into messages_fts (messages_fts, rowid, body) values ('delete', :id, :body);
