internal import DecartAPI

extension Journal {
    /// Why a submit is not made.
    func error(of admission: Admission, _ estimate: CostEstimate) -> DecartError {
        switch admission {
        case .send, .known:
            return DecartError(.journalUnavailable, "The journal gave no answer. No job was submitted.")
        case .wait(let row):
            guard !Task.isCancelled else {
                return DecartError(.cancelled, "Cancelled while \(Self.shown(row)) was being sent.")
            }
            return DecartError(
                .timeout,
                "\(Self.shown(row, first: true)) is being sent by another part of this program or another process, and did not come "
                    + "about in time. Submit it again with the same key to find it.")
        case .keyReused(let row, .content):
            return about(
                row,
                DecartError(
                    .keyReused,
                    "The key \(Excerpt.quoted(row.key ?? "")) stands for \(Self.shown(row)), whose inputs are others. "
                        + "Give another job another key. No job was submitted."))
        case .keyReused(let row, .account):
            return about(
                row,
                DecartError(
                    .keyReused,
                    "The key \(Excerpt.quoted(row.key ?? "")) stands for \(Self.shown(row)), which was submitted with "
                        + "another API key. Give this job another key. No job was submitted."))
        case .unknown(let row):
            var error = DecartError(
                .submitUnknown,
                "\(Self.shown(row, first: true)) was sent, and its reply never came: it may have been made and billed, or not. Look "
                    + "it up at the service, then say decart-lua jobs resolve \(row.id) --job-id ID, or --no-job. To "
                    + "send it once more all the same, pass payTwice = true.")
            error.isOutcomeUnknown = true
            return about(row, error)
        case .overBudget(let cap, let spent):
            let cost = estimate.amount ?? .zero
            var error = DecartError(
                .overBudget,
                cap.scope == .submit
                    ? "This job is estimated at \(cost), which is more than its maxCost of \(cap.limit). No job was "
                        + "submitted."
                    : "This job is estimated at \(cost); with the \(spent) that count already it would pass the cap of "
                        + "\(cap.limit) \(Self.named(cap)). No job was submitted.")
            error.data = [
                "estimate": .number(cost.dollars), "spent": .number(spent.dollars), "cap": .number(cap.limit.dollars),
            ]
            return error
        case .unpriced(let cap, let reason):
            return DecartError(
                .overBudget,
                "Nobody can tell whether this job stays within the cap of \(cap.limit) \(Self.named(cap)). \(reason) "
                    + "No job was submitted.", data: ["cap": .number(cap.limit.dollars)])
        }
    }

    private func about(_ row: JobRow, _ error: DecartError) -> DecartError {
        var error = error
        error.data["id"] = .string(row.id)
        error.data["job_id"] = row.jobID.map { .string($0) }
        return error
    }

    /// - Parameter first: whether a sentence begins with it.
    private static func shown(_ row: JobRow, first: Bool = false) -> String {
        "\(first ? "The" : "the") job \(row.id) of \(UTC.text(row.createdAt).prefix(16).replacing("T", with: " ")) (\(row.model))"
    }

    private static func named(_ cap: Cap) -> String {
        switch cap.scope {
        case .submit: "(maxCost)"
        case .day: cap.isStored ? "a day (decart-lua spend --set day=…)" : "a day (--cap-day)"
        case .run(let run): cap.isStored ? "of the run \(run) (decart-lua spend --set)" : "of this run (--cap)"
        case .label(let label): "of the label \(label) (decart-lua spend --set)"
        }
    }
}
