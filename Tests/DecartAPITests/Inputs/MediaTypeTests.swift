import DecartAPI
import Testing

@Suite struct MediaTypeTests {
    @Test(arguments: [
        ("a.mp4", "video/mp4"), ("a.MP4", "video/mp4"), ("/x/y.z/clip.mov", "video/quicktime"),
        ("a.webm", "video/webm"),
        ("a.mkv", "video/x-matroska"), ("a.avi", "video/x-msvideo"), ("a.m4v", "video/x-m4v"), ("a.png", "image/png"),
        ("a.jpg", "image/jpeg"), ("a.jpeg", "image/jpeg"), ("a.webp", "image/webp"), ("a.gif", "image/gif"),
        ("a.bmp", "image/bmp"), ("a.heic", "image/heic"), ("a.tar.png", "image/png"),
        ("a", "application/octet-stream"), ("", "application/octet-stream"), (".png", "application/octet-stream"),
        ("a.", "application/octet-stream"), ("a.xyz", "application/octet-stream"),
        ("/x.mp4/clip", "application/octet-stream"), ("/", "application/octet-stream"),
    ])
    func `the extension tells the type`(name: String, type: String) {
        #expect(MediaType.ofFile(named: name) == type)
    }

    @Test(arguments: [
        ("video/mp4", "mp4"), ("VIDEO/MP4", "mp4"), ("video/mp4; codecs=\"avc1\"", "mp4"), ("video/mp4;x", "mp4"),
        ("image/jpeg", "jpg"), ("image/png", "png"), ("application/octet-stream", nil), ("", nil), ("image/", nil),
    ])
    func `the type tells the usual extension`(type: String, fileExtension: String?) {
        #expect(MediaType.fileExtension(of: type) == fileExtension)
    }

    @Test(arguments: [
        ("data", "video/mp4", InputField.Kind.videoFile, "data.mp4"),
        ("data", "image/png", .imageFile, "data.png"),
        ("reference_image", "image/jpeg", .imageFile, "reference_image.jpg"),
        ("reference_image", MediaType.unknown, .imageFile, "reference_image.png"),
        ("data", MediaType.unknown, .videoFile, "data.mp4"), ("start", "", .imageFile, "start.png"),
        ("mask", MediaType.unknown, nil, "mask"), ("mask", "image/webp", nil, "mask.webp"),
    ])
    func `a file without a name gets one from its field and type`(
        field: String, type: String, kind: InputField.Kind?, name: String
    ) {
        #expect(MediaType.defaultFileName(field: field, type: type, kind: kind) == name)
    }

    @Test(arguments: [("/a/b.mp4", "b.mp4"), ("b.mp4", "b.mp4"), ("a/", "a"), ("/", ""), ("", "")])
    func `a path's last component is the file's name`(path: String, name: String) {
        #expect(MediaType.fileName(ofPath: path) == name)
    }
}
