using System.Text.Json;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Chains;
using Quorate.Journal;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Rpc.V1;
using Quorate.Server.Access;
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
        catch (Sagas.StepFailedException waits)
        {
            throw Problem("busy", waits.Message, StatusCode.Unavailable, isRetryable: true);
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

    /// <summary>An id of a kind.</summary>
    internal static ResourceId Id(string text, ResourceKind kind, string pointer) => ResourceId.TryParse(text, kind, out var id)
        ? id
        : throw Invalid(pointer, $"no id of a {Recording.SnakeCase.Text(kind).Replace('_', ' ')}.");

    /// <summary>What an id names.</summary>
    /// <exception cref="RpcException">It is no such id, or there is nothing of it.</exception>
    internal static async Task<(TState State, long Version)> FindAsync<TState, TCommand, TEvent>(
        this Aggregates<TState, TCommand, TEvent> all, string text, ResourceKind kind, ServerCallContext context) where TEvent : class
    {
        var name = Recording.SnakeCase.Text(kind);
        var (state, version) = await all.ReadAsync(Id(text, kind, $"/{name}").ToString(), context.CancellationToken).ConfigureAwait(false);
        return version == 0 ? throw Problem(Rules.NotFound(name.Replace('_', ' '))) : (state, version);
    }

    /// <summary>A page of resources of a kind, oldest first.</summary>
    /// <param name="store">Where.</param>
    /// <param name="all">What they are.</param>
    /// <param name="kind">What their streams begin with.</param>
    /// <param name="parent">What they are in; null for all.</param>
    /// <param name="pageSize">0 for the usual.</param>
    /// <param name="pageToken">Empty for the first page.</param>
    /// <param name="add">Takes each, with its version.</param>
    /// <param name="context">The call.</param>
    /// <returns>The next page's token; empty at the end.</returns>
    internal static async Task<string> ListAsync<TState, TCommand, TEvent>(
        this ServerStore store, Aggregates<TState, TCommand, TEvent> all, string kind, string? parent, int pageSize, string pageToken, Action<TState, long> add,
        ServerCallContext context) where TEvent : class
    {
        var (page, refusal) = await store.Index.ListAsync(kind, parent, Rows(pageSize), Text(pageToken), context.CancellationToken).ConfigureAwait(false);
        foreach (var id in (page ?? throw Problem(refusal!)).Items)
        {
            var (state, version) = await all.ReadAsync(id, context.CancellationToken).ConfigureAwait(false);
            add(state, version);
        }
        return page.NextPageToken ?? "";
    }

    /// <summary>
    /// Carries a command out, and answers with what has become of it: at the version that If-Match names, where there is one,
    /// and with the answer in the same commit where the call has an idempotency key.
    /// </summary>
    /// <exception cref="RpcException">It was refused.</exception>
    internal static async Task<TMessage> DoAsync<TState, TCommand, TEvent, TMessage>(
        this Aggregates<TState, TCommand, TEvent> all, string id, TCommand command, Func<TState, long, TMessage> message, ServerCallContext context)
        where TEvent : class where TMessage : IMessage
    {
        var outcome = await all.TryAsync(id, command, message, context).ConfigureAwait(false);
        return outcome.Refusal is { } refusal ? throw Problem(refusal) : message(outcome.State, outcome.Version);
    }

    /// <inheritdoc cref="DoAsync{TState, TCommand, TEvent, TMessage}(Aggregates{TState, TCommand, TEvent}, string, TCommand, Func{TState, long, TMessage}, ServerCallContext)"/>
    internal static Task<TMessage> DoAsync<TState, TCommand, TEvent, TMessage>(
        this Aggregates<TState, TCommand, TEvent> all, ResourceId id, TCommand command, Func<TState, long, TMessage> message, ServerCallContext context)
        where TEvent : class where TMessage : IMessage => all.DoAsync(id.ToString(), command, message, context);

    /// <summary>As DoAsync, where a refusal may be something to act on.</summary>
    internal static Task<Outcome<TState, TEvent>> TryAsync<TState, TCommand, TEvent, TMessage>(
        this Aggregates<TState, TCommand, TEvent> all, string id, TCommand command, Func<TState, long, TMessage> message, ServerCallContext context)
        where TEvent : class where TMessage : IMessage
    {
        var call = IdempotentCall.Of(context);
        return all.DoAsync(id, command, ExpectedVersion(context),
            call is null ? null : done => [call.Answer(context.HttpStatusCode, message(done.State, done.Version))], context.CancellationToken);
    }

    /// <summary>The version that If-Match names (RFC 9110, section 13.1.1): one tag, in quotation marks; null for any.</summary>
    internal static long? ExpectedVersion(ServerCallContext context) => context.RequestHeaders.GetValue("if-match") switch
    {
        null or "*" => null,
        ['"', .. var digits, '"'] when long.TryParse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var version) => version,
        _ => throw AccessRefusal.Invalid("invalid_if_match", "If-Match is one tag as a response has had it, \"3\", or *."),
    };

    /// <summary>The same, where the version is looked at before anything else is done.</summary>
    /// <exception cref="RpcException">It is another one now.</exception>
    internal static long? ExpectedVersion(ServerCallContext context, long version)
    {
        var expected = ExpectedVersion(context);
        return expected is null || expected == version ? expected : throw Problem(Rules.VersionMismatch(version, expected.Value));
    }

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
        new Problem { Code = code, Retryable = isRetryable, HttpStatus = code == "version_mismatch" ? 412 : status is StatusCode.FailedPrecondition ? 409 : 0 }.ToRpcException(status, detail);

    static StatusCode StatusOf(Refusal refusal) => refusal.Code switch
    {
        "not_found" => StatusCode.NotFound,
        "already_exists" => StatusCode.AlreadyExists,
        "version_mismatch" => StatusCode.Aborted,
        "approval_refused" or "no_member" or "not_that_member" => StatusCode.PermissionDenied,
        "busy" => StatusCode.Unavailable,
        var code when code.EndsWith("_taken", StringComparison.Ordinal) => StatusCode.AlreadyExists,
        var code when code.StartsWith("invalid_", StringComparison.Ordinal) => StatusCode.InvalidArgument,
        _ => StatusCode.FailedPrecondition,
    };
}
