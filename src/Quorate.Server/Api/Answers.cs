using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Rpc;
using Quorate.Rpc.V1;
using Quorate.Server.Deciding;
using Quorate.Server.Ids;
using Quorate.Server.Store;

namespace Quorate.Server.Api;

/// <summary>Between the API's messages and the domain: refusals become problems, and what is not there yet says when it may be.</summary>
static class Answers
{
    /// <summary>Rows of a page where nobody says how many.</summary>
    internal const int PageSize = 50;

    /// <summary>Runs a method. What is wrong outside of it (the database, a chain's node) is an answer too.</summary>
    internal static async Task<T> Of<T>(Func<Task<T>> method)
    {
        try
        {
            return await method().ConfigureAwait(false);
        }
        catch (Exception problem) when (problem is JournalUnavailableException or JournalBusyException or VersionConflictException)
        {
            throw Problem("unavailable", "The database does not answer, or is too busy. Whether the request was carried out is not known; it may be sent again.", StatusCode.Unavailable, isRetryable: true);
        }
        catch (ChainException problem)
        {
            throw Problem("chain_" + Recording.SnakeCase.Text(problem.Error), problem.Message, StatusCode.FailedPrecondition, isRetryable: problem.Error is ChainError.Unavailable);
        }
    }

    /// <summary>The problem that a refusal is.</summary>
    internal static RpcException Problem(Refusal refusal) => Problem(refusal.Code, refusal.Detail, StatusOf(refusal), refusal.IsRetryable);

    /// <summary>Something that is wrong with one field of the request.</summary>
    internal static RpcException Invalid(string pointer, string message)
    {
        var problem = new Problem { Code = "invalid_argument" };
        problem.Errors.Add(new FieldProblem { Pointer = pointer, Code = "invalid", Message = message });
        return problem.ToRpcException(StatusCode.InvalidArgument, $"{pointer}: {message}");
    }

    /// <summary>The state, if the command was accepted.</summary>
    /// <exception cref="RpcException">It was refused.</exception>
    internal static TState Accepted<TState, TEvent>(this Outcome<TState, TEvent> outcome) =>
        outcome.Refusal is { } refusal ? throw Problem(refusal) : outcome.State;

    /// <summary>An id of a kind.</summary>
    internal static ResourceId Id(string text, ResourceKind kind, string pointer) => ResourceId.TryParse(text, kind, out var id)
        ? id
        : throw Invalid(pointer, $"no id of a {Recording.SnakeCase.Text(kind).Replace('_', ' ')}.");

    /// <summary>A text that may be absent.</summary>
    internal static string? Text(string text) => text.Length == 0 ? null : text;

    /// <summary>A number of rows.</summary>
    internal static int Rows(int asked) => asked == 0 ? PageSize : asked;

    /// <summary>An amount in the smallest unit.</summary>
    internal static Amount Amount(string text, string pointer) =>
        Chains.Amount.TryParse(text, out var amount) ? amount : throw Invalid(pointer, "no amount: digits, in the smallest unit.");

    /// <summary>What somebody else reads, with the words of its own.</summary>
    internal static T Read<T>(Func<T> read, string pointer)
    {
        try
        {
            return read();
        }
        catch (FormatException wrong)
        {
            throw Invalid(pointer, wrong.Message);
        }
    }

    /// <summary>A document as events have it.</summary>
    internal static JsonElement Json(Struct? document, string pointer)
    {
        if (document is null)
            throw Invalid(pointer, "it is missing.");
        using var json = JsonDocument.Parse(JsonFormatter.Default.Format(document));
        return json.RootElement.Clone();
    }

    /// <summary>A document as the API shows it.</summary>
    internal static Struct Document(JsonElement document) => Struct.Parser.ParseJson(document.GetRawText());

    static RpcException Problem(string code, string detail, StatusCode status, bool isRetryable) =>
        new Problem { Code = code, Retryable = isRetryable, HttpStatus = status is StatusCode.FailedPrecondition ? 409 : 0 }.ToRpcException(status, detail);

    static StatusCode StatusOf(Refusal refusal) => refusal.Code switch
    {
        "not_found" => StatusCode.NotFound,
        "already_exists" => StatusCode.AlreadyExists,
        "version_mismatch" => StatusCode.Aborted,
        "approval_refused" => StatusCode.PermissionDenied,
        "busy" => StatusCode.Unavailable,
        var code when code.EndsWith("_taken", StringComparison.Ordinal) => StatusCode.AlreadyExists,
        var code when code.StartsWith("invalid_", StringComparison.Ordinal) => StatusCode.InvalidArgument,
        _ => StatusCode.FailedPrecondition,
    };
}
