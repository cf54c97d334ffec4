/// The journal's tables. Times are milliseconds since 1970, money is millionths of a dollar.
public enum JournalSchema {
    /// What this program reads and writes; a journal of a later format is only read.
    public static let format = 1

    /// Makes everything, where nothing is.
    public static let statements = [
        "create table {meta} (name text primary key, value text not null)",
        """
        create table {session} (
            id text primary key, host text not null, pid bigint not null, boot text, run text, program text,
            started_at bigint not null, alive_until bigint)
        """,
        """
        create table {job} (
            id text primary key, submission text not null unique,
            run text, label text, key text, content text not null, ordinal bigint,
            server text not null, account text not null,
            model text not null, canonical text, inputs text not null, files text not null,
            state text not null, job_id text, session text references {session} (id),
            fence bigint not null default 0, due_at bigint, priority bigint not null default 0,
            period text not null, estimate bigint, charge bigint not null, price text,
            created_at bigint not null, accepted_at bigint, ended_at bigint, updated_at bigint not null,
            result text, result_bytes bigint, result_sha256 text, error text)
        """,
        "create table {budget} (scope text primary key, cap bigint not null)",
        """
        create table {rate} (
            server text not null, account text not null, per_second double precision, halved_at bigint,
            primary key (server, account))
        """,
        "create unique index job_key on {job} (server, account, key) where key is not null",
        "create index job_job_id on {job} (server, job_id) where job_id is not null",
        "create index job_run on {job} (run, content)",
        "create index job_period on {job} (period, account, charge)",
        "create index job_label on {job} (label, charge) where label is not null",
        "create index job_session on {job} (session) where session is not null",
        "create index job_created_at on {job} (created_at)",
    ]

    /// What came later, and is no concern of programs that do not know it: it has no format of its own.
    public static let fleetStatements = [
        """
        create table {worker} (
            session text primary key, server text not null, account text not null, label text,
            slots bigint not null, busy bigint not null, wanted double precision not null, seen_at bigint not null)
        """,
        "create index job_wanted on {job} (server, account, priority desc, created_at, id) where state = 'wanted'",
        "create index job_open on {job} (server, account, updated_at) where state in ('accepted', 'running', 'completed')",
    ]

    /// Whether a later version of this program has written it.
    public static func isNewer(_ db: any SQLConnection) throws(SQLError) -> Bool { try SQLStore.facts(db).isNewer }

    public static func make(_ statements: [String], on db: any SQLConnection) throws(SQLError) {
        for statement in statements { try db.run(db.dialect.spelled(statement)) }
    }

    /// What a new journal knows of itself: its format, and a salt of its own for hashes of keys.
    public static func begin(on db: any SQLConnection) throws(SQLError) {
        var generator = SystemRandomNumberGenerator()
        let salt = (0..<4).map { _ in String(generator.next(), radix: 36) }.joined()
        try db.run(
            db.dialect.spelled("insert into {meta} (name, value) values ('format', $1), ('salt', $2)"),
            [.text("\(format)"), .text(salt)])
    }
}
