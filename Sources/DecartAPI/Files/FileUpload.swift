/// What `POST /v1/files` takes. Client and local queue both use it.
public enum FileUpload {
    public static let schema = InputSchema(
        name: "file_upload",
        fields: [
            InputField("ttl_seconds", .integerOrWord(FileLifetime.range, FileLifetime.persistentWord)),
            InputField("persistent", .boolean), InputField("file", .anyFile, required: true),
        ],
        atMostOneOf: ["ttl_seconds", "persistent"])
}
