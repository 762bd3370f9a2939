using System.Diagnostics;
using Npgsql;
using Quorate.Testing;

namespace Quorate.Journal.Tests.Stores;

/// <summary>A server that does not flush commits to disk is refused, when a journal is opened and while it is open.</summary>
public sealed class PostgresDurabilityTests
{
    [Fact]
    public async Task A_server_without_fsync_is_refused_and_taken_again_when_it_has_it()
    {
        // A server of its own: its settings are everybody's.
        using var cluster = new PostgresCluster();
        await using var open = await EventStore.OpenPostgresAsync(cluster.ConnectionString);
        await open.AppendAsync("a", 0, Sample.Events(1));

        foreach (var setting in (string[])["fsync", "full_page_writes", "synchronous_commit"])
        {
            await SetAsync(cluster, setting, "off");

            var opening = await Assert.ThrowsAsync<JournalUnavailableException>(() => EventStore.OpenPostgresAsync(cluster.ConnectionString));
            var appending = await Assert.ThrowsAsync<JournalUnavailableException>(() => open.AppendAsync("a", 1, Sample.Events(1)));

            Assert.All([opening, appending], refusal => Assert.Contains(
                setting == "fsync" ? "fsync is off" : $"{setting} off", refusal.Message, StringComparison.Ordinal));
            Assert.False(appending.IsOutcomeUnknown);
            Assert.Equal(1, (await open.HeadAsync()).Position);
            await SetAsync(cluster, setting, "on");
        }

        Assert.Equal(2, (await open.AppendAsync("a", 1, Sample.Events(1))).Version);
    }

    [Fact]
    public async Task A_role_that_has_turned_flushing_off_for_itself_is_refused()
    {
        var careless = $"{PostgresCluster.Shared.ConnectionString};Options=-c synchronous_commit=off";
        var refusal = await Assert.ThrowsAsync<JournalUnavailableException>(() => EventStore.OpenPostgresAsync(careless, new() { Schema = "careless" }));
        Assert.Contains("synchronous_commit off", refusal.Message, StringComparison.Ordinal);
    }

    /// <summary>Changes a setting of the whole server, and waits until the sessions have heard of it.</summary>
    static async Task SetAsync(PostgresCluster cluster, string setting, string value)
    {
        await using var source = NpgsqlDataSource.Create($"{cluster.ConnectionString};Pooling=False");
        await source.CreateCommand($"ALTER SYSTEM SET {setting} = {value}").ExecuteNonQueryAsync();
        await source.CreateCommand("SELECT pg_reload_conf()").ExecuteNonQueryAsync();
        var waiting = Stopwatch.StartNew();
        while (!value.Equals(await source.CreateCommand($"SHOW {setting}").ExecuteScalarAsync()))
        {
            Assert.True(waiting.Elapsed < TimeSpan.FromMinutes(2), $"{setting} does not become {value}");
            await Task.Delay(20);
        }
    }
}
