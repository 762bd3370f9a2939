using Quorate.Journal;
using Quorate.Policies;
using Quorate.Server.ApiKeys;
using Quorate.Server.Ids;
using Quorate.Server.Store;

namespace Quorate.Server.Hosting;

/// <summary>
/// An API key that is written into a server's database from its own machine: the first, which no other can make. The server
/// may run meanwhile.
/// </summary>
public sealed record KeyIssue
{
    /// <summary>What it is called, unlike all others.</summary>
    public required string Name { get; init; }

    /// <summary>The member in whose name it acts; null for nobody's.</summary>
    public string? Member { get; init; }

    /// <summary>viewer, initiator, approver, admin, auditor.</summary>
    public required IReadOnlyList<string> Roles { get; init; }

    /// <summary>Networks that it is used from, address/length; any where there are none.</summary>
    public IReadOnlyList<string> Networks { get; init; } = [];

    /// <summary>Ed25519, 32 bytes, or P-256, 64: x and y.</summary>
    public required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>For how long it is good.</summary>
    public required TimeSpan Lifetime { get; init; }

    /// <summary>Writes it.</summary>
    /// <param name="dataDirectory">Where the server's files are; null with <paramref name="postgres"/>.</param>
    /// <param name="postgres">The server's database.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>Its id, the keyid of signatures.</returns>
    /// <exception cref="ArgumentException">The server would refuse it; the message says why.</exception>
    /// <exception cref="JournalUnavailableException">The database cannot be opened.</exception>
    /// <exception cref="JournalCorruptException">The journal is not what was appended.</exception>
    public async Task<string> WriteAsync(string? dataDirectory, string? postgres, TimeProvider time, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(time);
        if (Member is not null && !Naming.IsValid(Member))
            throw new ArgumentException($"{Member} is no name of a member.");
        var roles = Roles.Select(text => Enum.GetValues<Role>().Where(r => Recording.SnakeCase.Text(r) == text) is var found && found.Any()
            ? found.First() : throw new ArgumentException($"{text} is no role: {string.Join(", ", Enum.GetValues<Role>().Select(r => Recording.SnakeCase.Text(r)))}."));
        var store = postgres is not null
            ? await ServerStore.OpenPostgresAsync(postgres, new() { Time = time }, cancellation).ConfigureAwait(false)
            : await ServerStore.OpenSqliteAsync(dataDirectory ?? throw new ArgumentException("A directory or a database."), new() { Time = time }).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            var (id, now) = (store.Ids.Next(ResourceKind.ApiKey), time.GetUtcNow());
            var outcome = await store.ApiKeys.DoAsync(id.ToString(), new ApiKeyCommand.Issue(
                now, id, Name, Member, PublicKey.Length == 64 ? KeyAlgorithm.P256 : KeyAlgorithm.Ed25519, new(PublicKey), [.. roles], [.. Networks], now + Lifetime, "the server's machine"),
                cancellation: cancellation).ConfigureAwait(false);
            return outcome.Refusal is { } refusal ? throw new ArgumentException(refusal.Detail) : id.ToString();
        }
    }
}
