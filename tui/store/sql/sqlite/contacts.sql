-- name: people_of(keys)
select * from contacts where person in (
  select person from contacts where party in (select value from json_each(:keys)))
order by person, place, party;

-- name: fields_of_people(keys)
select person, name, value from contact_fields
where person in (select value from json_each(:keys)) order by name;

-- name: numbers_of_people(keys)
select * from contacts where person in (select value from json_each(:keys)) order by person, place, party;

-- name: conversations_of(keys)
select party, id, name, last_at from conversations where party in (select value from json_each(:keys))
union all
select aliases.party, conversations.id, conversations.name, conversations.last_at
from aliases join conversations on conversations.id = aliases.conversation_id
where aliases.party in (select value from json_each(:keys));

-- The index finds people who have all pieces of the words, those added last first; only as many are fetched and
-- compared as are needed, because the rows come one by one. If that were too few of too many, a last row without a
-- person says so. `query` is for a server.
-- name: contains(a, b, c, d, grams, people, query, only_new, limit)
select person, name, party, folded from (
  select c.person, c.name, c.party, c.folded from (
    select rowid as person from people_fts where people_fts match :grams order by rowid desc limit :people) f
  cross join contacts c on c.person = f.person
  where instr(c.folded, :a) > 0 and (:b = '' or instr(c.folded, :b) > 0)
    and (:c = '' or instr(c.folded, :c) > 0) and (:d = '' or instr(c.folded, :d) > 0)
    and (:only_new = 0 or (not exists (select 1 from conversations where conversations.party = c.party)
      and not exists (select 1 from aliases where aliases.party = c.party)))
  union all
  select 0, '', '', ''
  where (select count(*) from (select 1 from people_fts where people_fts match :grams limit :people)) = :people)
limit :limit;

-- name: people_by_fields(query, ts_query, limit)
select c.person, c.name, c.value from (
  select rowid as person from fields_fts where fields_fts match :query order by rowid desc limit :limit) f
cross join contact_fields c on c.person = f.person;
