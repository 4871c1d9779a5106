-- name: people_of(keys)
select * from contacts where person in (
  select person from contacts where party in (
    select value from jsonb_array_elements_text(cast(:keys as jsonb))))
order by person, place, party;

-- name: fields_of_people(keys)
select * from contact_fields where person in (
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

-- `query` has the parts of three characters and more as a `tsquery`; it is empty if there are none.
-- name: contains(a, b, c, d, query, most, limit)
with matching as materialized (
  select person, name, party, folded from contacts
  where :query <> '' and contact_terms(folded) @@ cast(:query as tsquery)
), scanned as (
  select person, name, party, folded from contacts where :query = ''
), found as (
  select * from (select * from matching union all select * from scanned) either
  where instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
    and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  order by folded, party limit :most
)
select person, name, party, folded from found
order by folded, party limit :limit;

-- name: contains_new(a, b, c, d, query, most, limit)
with matching as materialized (
  select person, name, party, folded from contacts
  where :query <> '' and contact_terms(folded) @@ cast(:query as tsquery)
), scanned as (
  select person, name, party, folded from contacts where :query = ''
), found as (
  select * from (select * from matching union all select * from scanned) either
  where instr(folded, :a) > 0 and (:b = '' or instr(folded, :b) > 0)
    and (:c = '' or instr(folded, :c) > 0) and (:d = '' or instr(folded, :d) > 0)
  order by folded, party limit :most
)
select person, name, party, folded from found
where not exists (select 1 from conversations where conversations.party = found.party)
  and not exists (select 1 from aliases where aliases.party = found.party)
order by folded, party limit :limit;
