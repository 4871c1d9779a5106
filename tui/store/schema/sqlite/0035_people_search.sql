-- The search for people has indexes: pieces of one to three characters of their names and numbers, with a mark if a
-- number has no conversation, and the words of their fields. Both contain no texts, and are kept by
-- `tui/store/sqlite/people_index.py`.

alter table contact_fields add column terms text not null default '';  -- the value for the search: see `to_index_text`

create virtual table people_fts using fts5 (grams, content = '', detail = none, tokenize = 'ascii');
create virtual table fields_fts using fts5 (terms, content = '', prefix = '1 2 3 4', tokenize = 'ascii');

create table indexed_people (              -- what the indexes have of each person, so that it can be removed
  person integer primary key,
  names  text    not null,
  terms  text    not null
);
create table unindexed_people (            -- whose rows this transaction has changed; empty after it
  person integer primary key
);

-- No `insert or ignore`: the statement that a trigger belongs to decides what happens at a conflict.
create trigger contacts_added after insert on contacts begin
  insert into unindexed_people select new.person
  where not exists (select 1 from unindexed_people where person = new.person);
end;
create trigger contacts_removed after delete on contacts begin
  insert into unindexed_people select old.person
  where not exists (select 1 from unindexed_people where person = old.person);
end;
create trigger contacts_changed after update of person, folded on contacts
when old.person <> new.person or old.folded <> new.folded begin
  insert into unindexed_people select old.person
  where not exists (select 1 from unindexed_people where person = old.person);
  insert into unindexed_people select new.person
  where not exists (select 1 from unindexed_people where person = new.person);
end;
create trigger fields_added after insert on contact_fields begin
  insert into unindexed_people select new.person
  where not exists (select 1 from unindexed_people where person = new.person);
end;
create trigger fields_removed after delete on contact_fields begin
  insert into unindexed_people select old.person
  where not exists (select 1 from unindexed_people where person = old.person);
end;
create trigger fields_changed after update of person, terms on contact_fields
when old.person <> new.person or old.terms <> new.terms begin
  insert into unindexed_people select old.person
  where not exists (select 1 from unindexed_people where person = old.person);
  insert into unindexed_people select new.person
  where not exists (select 1 from unindexed_people where person = new.person);
end;
create trigger conversations_added after insert on conversations begin
  insert into unindexed_people select person from contacts where party = new.party
    and not exists (select 1 from unindexed_people where unindexed_people.person = contacts.person);
end;
create trigger conversations_removed after delete on conversations begin
  insert into unindexed_people select person from contacts where party = old.party
    and not exists (select 1 from unindexed_people where unindexed_people.person = contacts.person);
end;
create trigger aliases_added after insert on aliases begin
  insert into unindexed_people select person from contacts where party = new.party
    and not exists (select 1 from unindexed_people where unindexed_people.person = contacts.person);
end;
create trigger aliases_removed after delete on aliases begin
  insert into unindexed_people select person from contacts where party = old.party
    and not exists (select 1 from unindexed_people where unindexed_people.person = contacts.person);
end;
create trigger conversations_moved after update of party on conversations when old.party <> new.party begin
  insert into unindexed_people select person from contacts where party = old.party
    and not exists (select 1 from unindexed_people where unindexed_people.person = contacts.person);
  insert into unindexed_people select person from contacts where party = new.party
    and not exists (select 1 from unindexed_people where unindexed_people.person = contacts.person);
end;
