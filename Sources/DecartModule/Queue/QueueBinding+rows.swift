internal import DecartAPI
internal import JobJournal
internal import ScriptReference
internal import ScriptRuntime

extension QueueBinding {
    /// What `queue.lua` has the bodies of.
    static var rowsInLua: [ScriptFunction] {
        [
            .inLua(
                "result", "Fetches the result of a job that is completed.",
                [
                    jobParameter,
                    ParameterDescription(
                        "options",
                        .options([
                            OptionDescription(
                                "path", .string,
                                "Saves it there while it arrives; the file is replaced only once the new one is whole."),
                            OptionDescription(
                                "onProgress",
                                .function([
                                    ParameterDescription("received", .integer(unit: .bytes)),
                                    ParameterDescription("total", .integer(unit: .bytes), isOptional: true),
                                ]), "Called about every 100 ms and at the end."),
                            signalOption,
                        ]), isOptional: true),
                ], gives: [ResultDescription(.named("Blob"))], waits: true,
                details: "A job that is not completed is `JOB_NOT_COMPLETED`."),
            .inLua(
                "poll", "Waits for a job to end, polling it as a policy says, and fetches its result; polls at once.",
                [
                    jobParameter,
                    ParameterDescription("options", .options(waitOptions + [signalOption]), isOptional: true),
                ],
                gives: [ResultDescription(.named("JobOutcome"))], waits: true,
                details: "A job that failed is a value and not an error. `TIMEOUT` leaves the job as it is: it goes on."
            ),
            .inLua(
                "submitAndPoll",
                "Submits a job and waits for it as `poll` does; asks the policy before the first poll.",
                [
                    ParameterDescription(
                        "inputs", .named("SubmitAndPollInputs"), "A job's inputs and the options of `poll`.")
                ],
                gives: [ResultDescription(.named("JobOutcome"))], waits: true, signalAt: 1,
                details: "`timeout` is for all of it, the submit too."),
        ]
    }

    private static let jobParameter = ParameterDescription("id", .string, "The job's id, as `submit` gave it.")
    private static let signalOption = OptionDescription("signal", .signal, "Cancels the call.")

    private static let waitOptions = [
        OptionDescription(
            "policy",
            .function(
                [ParameterDescription("poll", .named("Poll"))],
                returns: [ResultDescription(.milliseconds, isOptional: true)]),
            unlessGiven: "`--policy`'s, or 500 ms after the submit and then every 1500 ms",
            "Answers how long until the next poll; nil gives up. See `decart.policy`."),
        OptionDescription(
            "timeout", .number(unit: .milliseconds), unlessGiven: "as long as it takes", "For the whole wait."),
        OptionDescription(
            "onStatusChange", .function([ParameterDescription("job", .named("Job"))]),
            "Called for the submit's reply, and when the status has changed."),
        OptionDescription(
            "onPoll",
            .function([ParameterDescription("job", .named("Job")), ParameterDescription("poll", .named("Poll"))]),
            "Called after every poll that was answered."),
    ]

    static var records: [RecordDescription] {
        [
            jobRecord, outcomeRecord, pollRecord, inputsRecord, submitAndPollRecord, enqueueRecord, errorRecord,
            fileRecord,
        ]
    }

    private static let jobRecord = RecordDescription(
        "Job", "What the server says of a job; its other members are there too.",
        fields: [
            FieldDescription("job_id", .string, "The job's id."),
            FieldDescription("status", jobStatus, "Where it is; a word that is none of these is unfinished."),
            FieldDescription(
                "replayed", .boolean, isOptional: true, "Of `submit`: true for a key that was known."),
            FieldDescription("seed", .integer, isOptional: true, "Of `submit` with `pinSeed`: the seed."),
        ])

    private static let outcomeRecord = RecordDescription(
        "JobOutcome", "How a job ended.",
        fields: [
            FieldDescription("status", .choice(["completed", "failed"]), "Which way."),
            FieldDescription("job_id", .string, "The job's id."),
            FieldDescription("data", .named("Blob"), isOptional: true, "The result of a completed job."),
            FieldDescription(
                "error", .string, isOptional: true, "Why it failed: the server's reason, else \"Job failed\"."),
        ])

    private static let pollRecord = RecordDescription(
        "Poll", "What a policy is asked with. It is the same table for the whole wait.",
        fields: [
            FieldDescription("attempt", .integer(atLeast: 0), "How many polls there have been."),
            FieldDescription("jobId", .string, "The job's id."),
            FieldDescription("model", .string, isOptional: true, "The model's name, where this run submitted the job."),
            FieldDescription("status", jobStatus, isOptional: true, "As last seen."),
            FieldDescription("elapsed", .milliseconds, "Since the wait began."),
            FieldDescription(
                "age", .milliseconds, isOptional: true, "The job's at the last reply, where this run submitted it."),
            FieldDescription(
                "lastError", .named("DecartError"), isOptional: true, "What the last poll failed with."),
            FieldDescription("eta", .table, isOptional: true, "Set by `policy.learned`: `{ from, to }`, ms."),
            FieldDescription("stuck", .boolean, isOptional: true, "Set by `policy.learned`."),
        ])

    private static var inputsRecord: RecordDescription {
        RecordDescription("Inputs", "A model and a job's inputs.", fields: [modelField] + inputFields + termFields)
    }

    private static var termFields: [FieldDescription] {
        SubmitTerms.options.map { FieldDescription($0.name, $0.type, isOptional: true, $0.summary) }
    }

    private static var submitAndPollRecord: RecordDescription {
        RecordDescription(
            "SubmitAndPollInputs", "A model, a job's inputs, and the options of `poll`.",
            fields: [modelField] + inputFields + termFields
                + (waitOptions + [signalOption]).map {
                    FieldDescription($0.name, $0.type, isOptional: true, $0.summary)
                })
    }

    private static var enqueueRecord: RecordDescription {
        let terms = termFields.filter { !["payTwice", "reuse", "row"].contains($0.name) }
        return RecordDescription(
            "EnqueueInputs", "A model, a job's inputs, and how much it matters.",
            fields: [modelField] + inputFields + terms + [
                FieldDescription(
                    "priority", .integer, isOptional: true, "Jobs with a higher one are taken first; 0 unless given.")
            ])
    }

    private static let errorRecord = RecordDescription(
        "DecartError", "What failing calls raise. `tostring` of it is `CODE: message`.",
        fields: [
            FieldDescription(
                "code", .choice(DecartErrorCode.allCases.map(\.rawValue)),
                "What happened; code tells errors apart by it."),
            FieldDescription("message", .string, "What went wrong, and what to do."),
            FieldDescription("status", .integer, isOptional: true, "The HTTP status of a refusal."),
            FieldDescription("data", .table, isOptional: true, "`job_id` wherever one is known, `currentStatus`, …"),
            FieldDescription("retryable", .boolean, "Whether the same call may succeed if made again."),
            FieldDescription(
                "retryAfter", .milliseconds, isOptional: true, "How long the server asked to wait first."),
            FieldDescription("cause", .any, isOptional: true, "What lies beneath."),
            FieldDescription("where", .string, isOptional: true, "\"poll.lua:7\", the nearest line of the script's."),
            FieldDescription(
                "task", .named("Task"), isOptional: true, "Of `CANCELLED`: the task that was awaited."),
        ])

    private static let fileRecord = RecordDescription(
        "File", "What `decart.file` returns.", fields: [FieldDescription("path", .string, "Where it is.")])

    private static let jobStatus = ScriptType.either([
        .choice(["pending", "processing", "completed", "failed"]), .string,
    ])

    private static let modelField = FieldDescription(
        "model", .either([.named("Model"), .string]), "A model of `decart.models`, or its name.")

    /// Every field that some model takes; which models take it is for the check of the inputs to say.
    private static var inputFields: [FieldDescription] {
        var kinds: [(name: String, kinds: [InputField.Kind])] = []
        for field in ModelCatalog.list().compactMap(\.inputs).flatMap(\.fields) {
            if let index = kinds.firstIndex(where: { $0.name == field.name }) {
                if !kinds[index].kinds.contains(field.kind) { kinds[index].kinds.append(field.kind) }
            } else {
                kinds.append((field.name, [field.kind]))
            }
        }
        return kinds.map { name, kinds in
            FieldDescription(name, ScriptType(oneOf: kinds), isOptional: true, kinds[0].summary)
        }
    }
}

extension ScriptType {
    /// What any of these kinds of field takes.
    fileprivate init(oneOf kinds: [InputField.Kind]) {
        var words: [String] = []
        var types: [ScriptType] = []
        for type in kinds.map(\.scriptType) {
            if case .choice(let more) = type {
                words += more.filter { !words.contains($0) }
            } else if !types.contains(type) {
                types.append(type)
            }
        }
        if !words.isEmpty { types.append(.choice(words)) }
        self = types.count == 1 ? types[0] : .either(types)
    }
}

extension InputField.Kind {
    fileprivate var scriptType: ScriptType {
        switch self {
        case .text: .string
        case .integer(let range):
            .integer(atLeast: Double(range.lowerBound), atMost: Double(range.upperBound))
        case .integerOrWord(_, let word): .either([.integer, .choice([word])])
        case .boolean: .boolean
        case .choice(let words): .choice(words)
        case .imageFile, .videoFile, .anyFile: SubmissionInputs.fileType
        case .trajectory: .list(.table)
        }
    }

    fileprivate var summary: String {
        switch self {
        case .imageFile: "A picture."
        case .videoFile: "A video."
        case .trajectory: "Points `{ frame, x, y }`."
        default: ""
        }
    }
}
