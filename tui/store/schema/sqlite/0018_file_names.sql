-- Lists name the files of a message that has no text. A step names those of older messages.

alter table messages add column files text not null default '';
