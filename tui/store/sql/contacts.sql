-- name: save(party, person, place, name, note, folded, now)*!
insert into contacts (party, person, place, name, note, folded, updated_at)
values (:party, :person, :place, :name, :note, :folded, :now)
on conflict (party) do update set person = excluded.person, place = excluded.place, name = excluded.name,
  note = excluded.note, folded = excluded.folded, updated_at = excluded.updated_at;

-- name: drop(party)*!
delete from contacts where party = :party;

-- name: save_field(person, name, value)*!
insert into contact_fields (person, name, value) values (:person, :name, :value)
on conflict (person, name) do update set value = excluded.value;

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

-- name: field_names()
select distinct name from contact_fields order by name;
