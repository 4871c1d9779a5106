-- name: people_of(keys)
select * from contacts where person in (
  select person from contacts where party in (
    select value from jsonb_array_elements_text(cast(:keys as jsonb))))
order by person, place, party;

-- name: fields_of_people(keys)
select person, name, value from contact_fields where person in (
  select cast(value as bigint) from jsonb_array_elements_text(cast(:keys as jsonb))) order by name;

-- name: numbers_of_people(keys)
select * from contacts where person in (
  select cast(value as bigint) from jsonb_array_elements_text(cast(:keys as jsonb)))
order by person, place, party;

-- name: conversations_of(keys)
select party, id, name, last_at from conversations where party in (
  select value from jsonb_array_elements_text(cast(:keys as jsonb)))
union all
select aliases.party, conversations.id, conversations.name, conversations.last_at
from aliases join conversations on conversations.id = aliases.conversation_id
where aliases.party in (select value from jsonb_array_elements_text(cast(:keys as jsonb)));

-- `query` has the parts of three characters and more as a `tsquery`. Without one, all contacts are looked through,
-- those added last first. Whether there is a conversation is asked of one after the other, and only until enough are
-- found: as `not exists`, all conversations would be read first. `grams` and `people` are for a file.
-- name: contains(a, b, c, d, grams, people, query, only_new, limit)
with matching as materialized (
  select person, place, name, party, folded from contacts
  where :query <> '' and contact_terms(folded) @@ cast(:query as tsquery)
)
(select person, name, party, folded from (
  select person, place, name, party, folded from matching
  where instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
    and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  order by person desc, place) c
where :only_new = 0
  or (select count(*) from (select 1 from conversations where conversations.party = c.party limit 1) one)
     + (select count(*) from (select 1 from aliases where aliases.party = c.party limit 1) one) = 0
order by person desc, place limit :limit)
union all
(select person, name, party, folded from contacts c
where :query = '' and instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
  and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  and (:only_new = 0
    or (select count(*) from (select 1 from conversations where conversations.party = c.party limit 1) one)
       + (select count(*) from (select 1 from aliases where aliases.party = c.party limit 1) one) = 0)
order by person desc, place limit :limit);

-- name: people_by_fields(query, ts_query, limit)
select person, name, value from contact_fields where to_terms(terms) @@ cast(:ts_query as tsquery)
order by person desc, name limit :limit;
