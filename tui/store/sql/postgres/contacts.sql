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
