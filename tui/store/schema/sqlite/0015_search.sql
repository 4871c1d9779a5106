-- The search also finds parts of runs without blanks, emoji, and numbers by their end. Its index is
-- built anew from all texts: see `tui/store/search_index.py`. The tokenizer only splits at blanks
-- and ASCII punctuation; everything else is done before.

drop table messages_fts;
create virtual table messages_fts using fts5 (body, content = '', prefix = '1 2 3 4', tokenize = 'ascii');
