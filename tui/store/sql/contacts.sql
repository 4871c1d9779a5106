-- name: save(party, person, place, name, note, folded, now)*!
insert into contacts (party, person, place, name, note, folded, updated_at)
values (:party, :person, :place, :name, :note, :folded, :now)
on conflict (party) do update set person = excluded.person, place = excluded.place, name = excluded.name,
  note = excluded.note, folded = excluded.folded, updated_at = excluded.updated_at;

-- name: drop(party)*!
delete from contacts where party = :party;

-- name: save_field(person, name, value, terms)*!
insert into contact_fields (person, name, value, terms) values (:person, :name, :value, :terms)
on conflict (person, name) do update set value = excluded.value, terms = excluded.terms;

-- name: drop_field(person, name)*!
delete from contact_fields where person = :person and name = :name;

-- name: contact(party)^
select * from contacts where party = :party;

-- name: numbers_of(person)
select * from contacts where person = :person order by place, party;

-- name: fields_of(person)
select name, value from contact_fields where person = :person order by name;

-- name: has_ids(first, last)$
select count(*) from (select 1 from contacts where person between :first and :last limit 1) found;

-- name: all_numbers()
select party, name from contacts order by party;

-- name: all_fields()
select person, name, value, terms from contact_fields order by person, name;

-- name: set_folded(party, folded)*!
update contacts set folded = :folded where party = :party;

-- name: main_numbers(folded, party, limit)
select person, name, party, folded from contacts
where (folded, party) > (:folded, :party) and place = 0 order by folded, party limit :limit;

-- name: count_people()$
select count(*) from contacts where place = 0;

-- name: begins(begin, end, limit)
select person, name, party, folded from contacts
where folded >= :begin and folded < :end order by folded, party limit :limit;

-- name: begins_main(begin, end, limit)
select person, name, party, folded from contacts
where folded >= :begin and folded < :end and place = 0 order by folded, party limit :limit;

-- Looks through all contacts of a file, those added last first, until enough are found.
-- name: scan(a, b, c, d, only_new, limit)
select c.person, c.name, c.party, c.folded from contacts c indexed by contacts_by_person
where instr(c.folded, :a) > 0 and (:b = '' or instr(c.folded, :b) > 0)
  and (:c = '' or instr(c.folded, :c) > 0) and (:d = '' or instr(c.folded, :d) > 0)
  and (:only_new = 0 or (not exists (select 1 from conversations where conversations.party = c.party)
    and not exists (select 1 from aliases where aliases.party = c.party)))
order by c.person desc, c.place limit :limit;

-- name: field_names()
select distinct name from contact_fields order by name;
