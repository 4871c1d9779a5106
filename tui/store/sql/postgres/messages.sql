-- name: index_text(id, body)*!
insert into messages_fts (id, terms) values (:id, to_terms(:body));

-- name: defer_keys()!
set constraints all deferred;
