using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Policies;

namespace Quorate.Cli.Api;

/// <summary>What commands read for the API, documents and times; and what they hand in: approvals.</summary>
static class Documents
{
    const int MaxBytes = 1 << 20;

    /// <summary>A JSON file as the API takes documents.</summary>
    internal static Struct Read(FileInfo file)
    {
        try
        {
            return file.Length <= MaxBytes
                ? Struct.Parser.ParseJson(File.ReadAllText(file.FullName))
                : throw new CliException($"{file}: more than {MaxBytes >> 20} MiB.");
        }
        catch (Exception problem) when (problem is InvalidJsonException or InvalidProtocolBufferException or JsonException)
        {
            throw new CliException($"{file}: no JSON object: {problem.Message}");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            throw new CliException($"{file}: {problem.Message}");
        }
    }

    /// <summary>An approval as the API takes it.</summary>
    internal static Struct Of(Approval approval) =>
        ListValue.Parser.ParseJson(System.Text.Encoding.UTF8.GetString(ApprovalJson.Write([approval]))).Values[0].StructValue;

    /// <summary>A time so many hours from now; null where it is not said.</summary>
    internal static Timestamp? FromNow(double? hours) => hours is { } some ? Timestamp.FromDateTimeOffset(TimeProvider.System.GetUtcNow().AddHours(some)) : null;
}
