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
select party, id, name from conversations where party in (
  select value from jsonb_array_elements_text(cast(:keys as jsonb)))
union all
select aliases.party, conversations.id, conversations.name
from aliases join conversations on conversations.id = aliases.conversation_id
where aliases.party in (select value from jsonb_array_elements_text(cast(:keys as jsonb)));

-- `query` has the parts of three characters and more as a `tsquery`; it is empty if there are none. `grams` is for a file.
-- name: contains(a, b, c, d, grams, people, query, most, limit)
with matching as materialized (
  select person, place, name, party, folded from contacts
  where :query <> '' and contact_terms(folded) @@ cast(:query as tsquery)
), scanned as (
  select person, place, name, party, folded from contacts where :query = ''
), found as (
  select * from (select * from matching union all select * from scanned) either
  where instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
    and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  order by person desc, place limit :most
)
select person, name, party, folded from found
order by person desc, place limit :limit;

-- name: contains_new(a, b, c, d, grams, people, query, most, limit)
with matching as materialized (
  select person, place, name, party, folded from contacts
  where :query <> '' and contact_terms(folded) @@ cast(:query as tsquery)
), scanned as (
  select person, place, name, party, folded from contacts where :query = ''
), found as (
  select * from (select * from matching union all select * from scanned) either
  where instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
    and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  order by person desc, place limit :most
)
select person, name, party, folded from found
where not exists (select 1 from conversations where conversations.party = found.party)
  and not exists (select 1 from aliases where aliases.party = found.party)
order by person desc, place limit :limit;

-- The index leaves nothing out.
-- name: has_left_out(grams, people)$
select false;

-- name: people_by_fields(query, ts_query, limit)
select person, name, value from contact_fields where to_terms(terms) @@ cast(:ts_query as tsquery)
order by person desc, name limit :limit;
