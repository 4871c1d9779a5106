-- name: save(party, name, note, now)!
insert into contacts (party, name, note, updated_at) values (:party, :name, :note, :now)
on conflict (party) do update set
  name = case when excluded.name <> '' then excluded.name else contacts.name end,
  note = case when excluded.note <> '' then excluded.note else contacts.note end,
  updated_at = excluded.updated_at;

-- name: conversation(party)$
select coalesce(
  (select id from conversations where party = :party),
  (select conversation_id from aliases where party = :party));

-- name: contact(party)^
select * from contacts where party = :party;
