/// What `POST /v1/files` takes. Client and local queue both read it.
public enum FileUpload {
    /// How long a file may be kept, in seconds: a minute to thirty days.
    public static let lifetime: ClosedRange<Int64> = 60...2_592_000

    public static let schema = InputSchema(
        name: "file_upload",
        fields: [
            InputField("ttl_seconds", .integer(lifetime)), InputField("persistent", .boolean),
            InputField("file", .anyFile, required: true),
        ])
}
