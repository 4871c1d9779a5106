-- A contact is a person with several numbers: each number is a row of `contacts`, and those with the
-- same `person` belong together and have the same name and note.

alter table contacts add column person bigint not null default 0;
alter table contacts add column place  bigint not null default 0;   -- order of the numbers of a person, from 0
alter table contacts add column folded string not null default '';  -- name and number for the search: see `fold_contact`
update contacts set person = numbered.number
from (select party, row_number() over (order by party) as number from contacts) numbered
where numbered.party = contacts.party;
create index contacts_by_person on contacts (person, place);
create index contacts_by_folded on contacts (folded, party, place);

create table contact_fields (
  person bigint not null,
  name   string not null,
  value  string not null,
  primary key (person, name)
);

-- The ends of all words: a search finds what stands anywhere in a name or number.
create function contact_terms(folded text) returns tsvector language sql immutable as $$
  select coalesce(array_to_tsvector(array_agg(distinct substr(left(word, 60), cast(start as integer) + 1))), '')
  from regexp_split_to_table(folded, ' ') word, generate_series(0, greatest(least(length(word), 60) - 3, 0)) start
  where word <> ''
$$;
create index contacts_by_terms on contacts using gin (contact_terms(folded));
