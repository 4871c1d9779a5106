-- name: index_text(id, body)*!
insert into messages_fts (rowid, body) values (:id, :body);

-- name: defer_keys()!
pragma defer_foreign_keys = on;
