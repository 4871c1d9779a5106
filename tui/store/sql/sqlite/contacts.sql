-- name: people_of(keys)
select * from contacts where person in (
  select person from contacts where party in (select value from json_each(:keys)))
order by person, place, party;

-- name: fields_of_people(keys)
select * from contact_fields where person in (select value from json_each(:keys)) order by name;

-- name: numbers_of_people(keys)
select * from contacts where person in (select value from json_each(:keys)) order by person, place, party;

-- name: conversations_of(keys)
select party, id, name from conversations where party in (select value from json_each(:keys))
union all
select aliases.party, conversations.id, conversations.name
from aliases join conversations on conversations.id = aliases.conversation_id
where aliases.party in (select value from json_each(:keys));

-- Looks through the index alone, and fetches only what it finds; `query` is for a server.
-- name: contains(a, b, c, d, query, most, limit)
select person, name, party, folded from (
  select person, name, party, folded from contacts
  where instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
    and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  order by folded, party limit :most) found
order by folded, party limit :limit;

-- name: contains_new(a, b, c, d, query, most, limit)
select person, name, party, folded from (
  select person, name, party, folded from contacts
  where instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
    and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  order by folded, party limit :most) found
where not exists (select 1 from conversations where conversations.party = found.party)
  and not exists (select 1 from aliases where aliases.party = found.party)
order by folded, party limit :limit;
