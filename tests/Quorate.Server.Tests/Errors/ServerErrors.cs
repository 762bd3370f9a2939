using System.Net.Http.Json;
using Npgsql;
using Quorate.Journal;
using Quorate.Server.Ids;
using Quorate.Server.Tests.Api;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Errors;

/// <summary>What is the matter with the server: a database that is gone, and a journal that nobody can read.</summary>
static class ServerErrors
{
    internal static async Task ReachAsync(ErrorsReached reached)
    {
        await using (var server = new ApiServer())
        {
            await server.InitializeAsync();
            var vault = Id(ResourceKind.Vault).ToString();
            await server.Store.Journal.AppendAsync([new StreamAppend($"vault/{vault}", 0, [new NewEvent("vault-exploded", 1, "{}"u8.ToArray())])]);
            using var http = server.Http();
            await reached.GetAsync(http, "unknown", $"/v1/vaults/{vault}");
        }
        // Without a secret for webhooks, which a server has in its files and PostgreSQL has not.
        await using var shared = new ApiServer { IsPostgres = true };
        await shared.InitializeAsync();
        using var alice = shared.Http();
        await reached.PostAsync(alice, "webhooks_off", "/v1/webhooks", new { url = "https://example.org/", types = (string[])["vault.*"] });
        // Nonces first, which every change is asked for; then everything.
        foreach (var gone in (string[])["DROP TABLE request_nonces", "DROP SCHEMA public CASCADE"])
        {
            await ExecuteAsync(shared.Postgres, gone);
            using var response = await alice.PostAsync(new Uri("/v1/vaults", UriKind.Relative), JsonContent.Create(new { name = "Lost" }));
            reached.Note("unavailable", (int)response.StatusCode, await response.Content.ReadAsStringAsync(), gone);
        }
    }

    static async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection($"{database};Pooling=False");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
