-- A contact is a person with several numbers: each number is a row of `contacts`, and those with the
-- same `person` belong together and have the same name and note.

alter table contacts add column person bigint  not null default 0;
alter table contacts add column place  integer not null default 0;   -- order of the numbers of a person, from 0
alter table contacts add column folded text    not null default '';  -- name and number for the search: see `fold_contact`
update contacts set person = rowid;
create index contacts_by_person on contacts (person, place);
create index contacts_by_folded on contacts (folded, party, place);

create table contact_fields (
  person bigint not null,
  name   text   not null,
  value  text   not null,
  primary key (person, name)
);
