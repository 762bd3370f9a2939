using System.Net;
using Quorate.Journal.Export;
using Quorate.Rpc;
using Quorate.Server.Ids;
using Quorate.V1;
using static Quorate.Server.Tests.Transfers.TransferSamples;

namespace Quorate.Server.Tests.Api;

/// <summary>Contacts, addresses, the audit: through the running server.</summary>
public sealed class ResourceApiTests(PolicyServer server) : IClassFixture<PolicyServer>
{
    [Fact]
    public async Task A_contact_is_added_renamed_at_its_version_and_deleted()
    {
        using var http = server.Api.Http();
        var account = "eip155:1:0x00000000000000000000000000000000000000B0";
        var made = await http.SendAsync(HttpMethod.Post, "/v1/contacts", new() { ["name"] = "Exchange", ["account"] = account }, HttpStatusCode.Created);
        var path = $"/v1/contacts/{made["id"].Text()}";
        Assert.Equal("contact_name_taken", (await http.SendAsync(HttpMethod.Post, "/v1/contacts", new() { ["name"] = "Exchange", ["account"] = account }, HttpStatusCode.Conflict))["code"].Text());
        Assert.Equal("invalid_account", (await http.SendAsync(HttpMethod.Post, "/v1/contacts", new() { ["name"] = "Nobody", ["account"] = "0xB0" }, HttpStatusCode.BadRequest))["code"].Text());
        await http.SendAsync(HttpMethod.Patch, path, new() { ["name"] = "Other" }, HttpStatusCode.PreconditionFailed, ("If-Match", "\"9\""));
        Assert.Equal("Broker", (await http.SendAsync(HttpMethod.Patch, path, new() { ["name"] = "Broker", ["note"] = "since May" }, HttpStatusCode.OK, ("If-Match", "\"1\"")))["name"].Text());
        await http.UntilAsync("/v1/contacts", l => l["contacts"]!.AsArray().Count > 0);
        Assert.Equal("since May", (await http.ReadAsync("/v1/contacts"))["contacts"]!.AsArray().Single(c => c!["id"].Text() == made["id"].Text())!["note"].Text());
        Assert.True((await http.SendAsync(HttpMethod.Delete, path))["deleted"]!.GetValue<bool>());
        Assert.True((await server.Api.CallAsync<Contact>(ContactsReflection.Descriptor, new GetContactRequest { Contact = made["id"].Text() })).Deleted);
        Assert.Empty((await http.ReadAsync("/v1/contacts"))["contacts"]!.AsArray());
    }

    [Fact]
    public async Task Addresses_are_listed_in_pages_and_found_by_their_id()
    {
        using var http = server.Api.Http();
        var path = $"/v1/wallets/{PolicyServer.Wallet}/addresses";
        var first = await http.ReadAsync($"{path}?pageSize=2");
        var second = await http.ReadAsync($"{path}?pageSize=2&pageToken={first["nextPageToken"].Text()}&chain=eip155:31337");
        Assert.Equal(new uint[] { 0, 1, 2 }.Select(PolicyServer.AddressOf), first["addresses"]!.AsArray().Concat(second["addresses"]!.AsArray()).Select(a => a!["address"].Text()));
        Assert.Equal("", second["nextPageToken"].Text());
        await http.SendAsync(HttpMethod.Get, $"{path}?pageToken=x", status: HttpStatusCode.BadRequest);
        var id = Id(ResourceKind.Address, 1).ToString();
        for (var tries = 0; tries < 100 && await server.Api.Store.Index.ParentAsync("address", id, default) is null; tries++)
            await Task.Delay(100);
        var address = await server.Api.CallAsync<Address>(WalletsReflection.Descriptor, new GetAddressRequest { Address = id });
        Assert.Equal((PolicyServer.AddressOf(1), PolicyServer.Wallet), (address.Address_, address.Wallet));
        await http.SendAsync(HttpMethod.Get, $"/v1/addresses/{Id(ResourceKind.Address, 99)}", status: HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Events_are_listed_by_stream_and_time_in_pages()
    {
        using var http = server.Api.Http();
        var stream = $"wallet/{PolicyServer.Wallet}";
        var all = await http.UntilAsync($"/v1/audit/events?stream={stream}", l => l["events"]!.AsArray().Count >= 6);
        Assert.Equal(["wallet-planned", "wallet-keys-reported", "wallet-keys-reported", "wallet-address-issued", "wallet-address-issued", "wallet-address-issued"], all["events"]!.AsArray().Select(e => e!["type"].Text()));
        var first = await http.ReadAsync($"/v1/audit/events?stream={stream}&pageSize=4");
        var second = await http.ReadAsync($"/v1/audit/events?stream={stream}&pageSize=4&pageToken={first["nextPageToken"].Text()}");
        Assert.Equal(all["events"]!.AsArray().Select(e => e!["position"].Text()), first["events"]!.AsArray().Concat(second["events"]!.AsArray()).Select(e => e!["position"].Text()));
        Assert.Empty((await http.ReadAsync($"/v1/audit/events?stream={stream}&until=2020-01-01T00:00:00Z"))["events"]!.AsArray());
        Assert.NotEmpty((await http.ReadAsync("/v1/audit/events?since=2020-01-01T00:00:00Z&pageSize=1"))["nextPageToken"].Text());
    }

    [Fact]
    public async Task The_journal_comes_as_a_file_that_verifies_whole_or_from_where_one_has_ended()
    {
        using var whole = await ExportAsync(new());
        var report = await ExportVerifier.VerifyAsync(whole);
        Assert.True(report.Chain.IsIntact && report.IsWhole && report.Chain.Head.Position > 0);
        using var rest = await ExportAsync(new() { Position = report.Chain.Head.Position, Hash = report.Chain.Head.Hash.ToString() });
        Assert.True((await ExportVerifier.VerifyAsync(rest, [report.Chain.Head])).Chain.Head.Position >= report.Chain.Head.Position);
        var refused = await Assert.ThrowsAsync<RpcException>(() => ExportAsync(new() { Position = 1, Hash = new string('0', 64) }));
        Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
    }

    async Task<MemoryStream> ExportAsync(ExportJournalRequest request)
    {
        using var channel = server.Api.Channel();
        using var call = channel.AsyncServerStreamingCall(new Method<ExportJournalRequest, ExportJournalResponse>(AuditReflection.Descriptor.Services[0], "ExportJournal"), request);
        var file = new MemoryStream();
        await foreach (var part in call.ResponseStream.ReadAllAsync())
            part.Content.WriteTo(file);
        file.Position = 0;
        return file;
    }
}
