-- The search for people finds the words of their fields.

alter table contact_fields add column terms string not null default '';  -- the value for the search: see `to_index_text`
create index contact_fields_by_terms on contact_fields using gin (to_terms(terms));
