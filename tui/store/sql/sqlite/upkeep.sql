-- name: list_tables()
select name from sqlite_schema where type = 'table' and name not like 'sqlite_%' order by name;

-- name: measure_tables()
select s.tbl_name as name, sum(d.pgsize) as bytes from dbstat d join sqlite_schema s on s.name = d.name
where d.aggregate = 1 group by s.tbl_name;
