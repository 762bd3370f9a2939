using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Features;
using Quorate.Server.Ids;
using Quorate.V1;
using Feature = Quorate.V1.Feature;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Features.</summary>
sealed class FeaturesApi(ApiParts server)
{
    public Task<Feature> SetFeature(SetFeatureRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        if (request.Vaults.Count > Features.Feature.MaxVaults)
            throw Answers.Invalid("/vaults", $"at most {Features.Feature.MaxVaults}.");
        var vaults = request.Vaults.Select((text, i) => Answers.Id(text, ResourceKind.Vault, $"/vaults/{i}")).ToArray();
        for (var i = 0; i < vaults.Length; i++)
            if ((await server.Store.Vaults.ReadAsync(vaults[i].ToString(), context.CancellationToken).ConfigureAwait(false)).Version == 0)
                throw Answers.Invalid($"/vaults/{i}", "there is no such vault.");
        var name = Name(request.Feature);
        var by = Caller.Of(context).ActingAs(request.By, "/by");
        return await server.Store.Features.DoAsync(
            name, new FeatureCommand.Set(server.Now, name, request.Percentage, [.. vaults], by, Answers.Text(request.Reason)),
            (state, version) =>
            {
                server.Features.Note(state, version);
                return Message(state, version, withChanges: true);
            }, context).ConfigureAwait(false);
    });

    public Task<Feature> GetFeature(GetFeatureRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, version) = await server.Store.Features.ReadAsync(Name(request.Feature), context.CancellationToken).ConfigureAwait(false);
        return version == 0 ? throw Answers.Problem(Deciding.Rules.NotFound("feature")) : Message(state, version, withChanges: true);
    });

    public Task<ListFeaturesResponse> ListFeatures(ListFeaturesRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var response = new ListFeaturesResponse();
        response.NextPageToken = await server.Store.ListAsync(
            server.Store.Features, "feature", null, request.PageSize, request.PageToken,
            (state, version) => response.Features.Add(Message(state, version, withChanges: false)), context).ConfigureAwait(false);
        return response;
    });

    // Names of streams are made of it, so it is looked at before anything is read.
    static string Name(string text) => Features.Feature.IsName(text) ? text : throw Answers.Invalid("/feature", "no name of a feature.");

    static Feature Message(Features.Feature feature, long version, bool withChanges)
    {
        var now = feature.Current!;
        var message = new Feature { Name = feature.Name, Percentage = now.Percentage, Version = version };
        message.Vaults.Add(now.Vaults.Select(v => v.ToString()));
        if (withChanges)
            message.Changes.Add(feature.History.Reverse().Select(Message));
        return message;
    }

    static FeatureChange Message(FeatureSetting setting)
    {
        var change = new FeatureChange { Percentage = setting.Percentage, Time = Timestamp.FromDateTimeOffset(setting.At), By = setting.By, Reason = setting.Reason ?? "" };
        change.Vaults.Add(setting.Vaults.Select(v => v.ToString()));
        return change;
    }
}
