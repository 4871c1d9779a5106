-- What the provider is asked for besides text, pictures and time: how long to try, and own metadata.

alter table messages add column options text not null default '{}';   -- JSON
