-- The list's filter looks through an index alone, and fetches only the conversations it finds.

drop index conversations_by_rank;
create index conversations_by_rank on conversations (state, rank, id, folded);
drop index conversations_by_time;
create index conversations_by_time on conversations (state, last_at desc, id, folded);
