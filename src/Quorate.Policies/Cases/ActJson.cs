using System.Text.Json;
using Quorate.Chains;

namespace Quorate.Policies;

/// <summary>Acts as JSON: docs/spec/policies.md, "Examples and recordings". What is read is what would be written.</summary>
static class ActJson
{
    const int MaxArguments = 256;

    const string Self = "self", Nobody = "nobody", Unlimited = "unlimited";

    static readonly Dictionary<string, ActKind> kinds = Enum.GetValues<ActKind>()
        .Where(kind => kind != ActKind.Unknown).ToDictionary(PatternReader.NameOf);

    internal static Act Read(JsonValue value)
    {
        var members = new JsonMembers(value);
        var kind = members.Required("kind").AsChoice(kinds);
        var act = new Act { Kind = kind };
        if (kind is ActKind.Transfer or ActKind.Approval or ActKind.AccountCreation or ActKind.Fee)
            act = act with { Asset = members.Required("asset").AsAsset(), Amount = ReadAmount(members.Required("amount"), kind) };
        act = kind switch
        {
            ActKind.Transfer => ReadRecipient(act, members),
            ActKind.Approval => act with { Counterparty = members.Required("spender").AsAccount() },
            ActKind.AccountCreation => act with { Counterparty = members.Required("owner").AsAccount() },
            ActKind.Delegation => act with { Counterparty = ReadSomebody(members.Required("to")) },
            ActKind.Call => act with
            {
                Counterparty = members.Required("contract").AsAccount(),
                Function = members.Optional("function", text => text.AsText()),
                Arguments = [.. members.Optional("arguments", list => list.AsList(0, MaxArguments).ConvertAll(ReadArgument)) ?? []],
            },
            ActKind.Deployment => act with { Data = members.Required("codeHash").AsText() },
            ActKind.Memo => act with { Data = members.Required("data").AsHex() },
            ActKind.RawSigning => act with { Data = members.Required("notUnderstood").AsProse() },
            _ => act,
        };
        members.End();
        return act;
    }

    internal static void Write(Utf8JsonWriter json, Act act)
    {
        json.WriteStartObject();
        json.WriteString("kind", PatternReader.NameOf(act.Kind));
        if (act.Asset is not null)
        {
            json.WriteString("asset", act.Asset.ToString());
            json.WriteString("amount", act is { Kind: ActKind.Approval } && act.Amount == Amount.MaxValue ? Unlimited : act.Amount.ToString());
        }
        switch (act.Kind)
        {
            case ActKind.Transfer:
                json.WriteString("to", act.IsToSelf ? Self : act.Counterparty?.ToString() ?? Nobody);
                if (act is { IsToSelf: true, Counterparty: { } own })
                    json.WriteString("account", own.ToString());
                break;
            case ActKind.Delegation:
                json.WriteString("to", act.Counterparty?.ToString() ?? Nobody);
                break;
            case ActKind.Approval:
                json.WriteString("spender", act.Counterparty!.ToString());
                break;
            case ActKind.AccountCreation:
                json.WriteString("owner", act.Counterparty!.ToString());
                break;
            case ActKind.Call:
                json.WriteString("contract", act.Counterparty!.ToString());
                if (act.Function is not null)
                    json.WriteString("function", act.Function);
                json.WriteStartArray("arguments");
                foreach (var argument in act.Arguments)
                {
                    json.WriteStartObject();
                    if (argument.Name is not null)
                        json.WriteString("name", argument.Name);
                    json.WriteString("type", argument.Type);
                    json.WriteString("value", argument.Value);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                break;
            case ActKind.Deployment:
                json.WriteString("codeHash", act.Data);
                break;
            case ActKind.Memo:
                json.WriteString("data", act.Data);
                break;
            case ActKind.RawSigning or ActKind.Unknown:
                json.WriteString("notUnderstood", act.Data);
                break;
        }
        json.WriteEndObject();
    }

    static Amount ReadAmount(JsonValue value, ActKind kind) =>
        kind == ActKind.Approval && value.Text == Unlimited ? Amount.MaxValue : value.AsAmount();

    static Act ReadRecipient(Act act, JsonMembers members)
    {
        var to = members.Required("to");
        return to.AsText() == Self
            ? act with { IsToSelf = true, Counterparty = members.Optional("account", own => own.AsAccount()) }
            : act with { Counterparty = ReadSomebody(to) };
    }

    static Account? ReadSomebody(JsonValue value) => value.AsText() == Nobody ? null : value.AsAccount();

    static CallArgument ReadArgument(JsonValue value)
    {
        var members = new JsonMembers(value);
        var argument = new CallArgument(
            members.Optional("name", text => text.AsText()), members.Required("type").AsText(), members.Required("value").AsText());
        members.End();
        return argument;
    }
}
