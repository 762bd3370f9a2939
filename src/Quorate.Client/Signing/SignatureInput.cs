using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Quorate.Client.Signing;

/// <summary>
/// What a signature of a request covers, and by whom, when and with which key it was made: one member of the header
/// Signature-Input (RFC 9421, sections 2.3 and 4.1). Read in the canonical spelling only, so that the text that came is the
/// text that was signed; one signature a request; no parameters on components.
/// </summary>
public sealed class SignatureInput
{
    /// <summary>The header's name.</summary>
    public const string Header = "Signature-Input";

    /// <summary>The name of the header with the signature.</summary>
    public const string SignatureHeader = "Signature";

    /// <summary>Components that a signature may cover at most, and characters that the header may have.</summary>
    public const int MaxComponents = 32, MaxLength = 2_048;

    SignatureInput(string label, string parameters, ImmutableArray<string> components) => (Label, Parameters, Components) = (label, parameters, components);

    /// <summary>What the signature is called, here and in the header Signature.</summary>
    public string Label { get; }

    /// <summary>Components and parameters as they are signed: @signature-params.</summary>
    public string Parameters { get; }

    /// <summary>Names of what is covered, in order: derived ones begin with @, headers are in lower case.</summary>
    public ImmutableArray<string> Components { get; }

    /// <summary>When it was made, to the second; null where it does not say.</summary>
    public DateTimeOffset? Created { get; private set; }

    /// <summary>Until when it is good; null where it does not say.</summary>
    public DateTimeOffset? Expires { get; private set; }

    /// <summary>Which key; null where it does not say.</summary>
    public string? KeyId { get; private set; }

    /// <summary>What makes it unlike every other; null where there is none.</summary>
    public string? Nonce { get; private set; }

    /// <summary>The algorithm's registered name; null where it does not say.</summary>
    public string? Algorithm { get; private set; }

    /// <summary>One that is about to be made.</summary>
    /// <exception cref="ArgumentException">A text has characters that the header can not have.</exception>
    public static SignatureInput Of(IEnumerable<string> components, DateTimeOffset created, string keyId, string nonce, string algorithm)
    {
        ArgumentNullException.ThrowIfNull(components);
        var text = string.Create(CultureInfo.InvariantCulture,
            $"({string.Join(' ', components.Select(c => $"\"{c}\""))});created={created.ToUnixTimeSeconds()};keyid=\"{keyId}\";nonce=\"{nonce}\";alg=\"{algorithm}\"");
        return TryParse($"sig={text}", out var input, out var problem) ? input : throw new ArgumentException(problem);
    }

    /// <summary>Reads the header.</summary>
    /// <param name="header">Its value.</param>
    /// <param name="input">What it says.</param>
    /// <param name="problem">What is wrong with it, otherwise.</param>
    public static bool TryParse(string header, [NotNullWhen(true)] out SignatureInput? input, [NotNullWhen(false)] out string? problem)
    {
        ArgumentNullException.ThrowIfNull(header);
        (input, problem) = (null, null);
        if (header.Length > MaxLength)
            return Wrong($"longer than {MaxLength} characters", out problem);
        var rest = new SignatureText(header);
        if (!rest.TryKey(out var label) || !rest.TryTake('='))
            return Wrong("it begins with the signature's label and =", out problem);
        var parameters = rest.Rest;
        if (!rest.TryTake('('))
            return Wrong("after the label comes the list of components in parentheses", out problem);
        var components = ImmutableArray.CreateBuilder<string>();
        while (!rest.TryTake(')'))
        {
            if (components.Count > 0 && !rest.TryTake(' '))
                return Wrong("components are set apart by one space, and have no parameters here", out problem);
            if (!rest.TryString(out var component) || components.Contains(component) || components.Count == MaxComponents)
                return Wrong($"components are up to {MaxComponents} strings, none twice", out problem);
            components.Add(component);
        }
        input = new(label, parameters, components.ToImmutable());
        return input.TryParameters(ref rest, out problem);
    }

    /// <summary>The bytes that are signed (RFC 9421, section 2.5).</summary>
    /// <param name="valueOf">The value of a component; null where the request has none.</param>
    /// <param name="missing">The component that the request does not have.</param>
    /// <returns>Null where a component is missing.</returns>
    public byte[]? BaseOf(Func<string, string?> valueOf, out string? missing)
    {
        ArgumentNullException.ThrowIfNull(valueOf);
        missing = null;
        var text = new StringBuilder();
        foreach (var component in Components)
        {
            if (valueOf(component) is not { } value)
            {
                missing = component;
                return null;
            }
            text.Append(CultureInfo.InvariantCulture, $"\"{component}\": {value}\n");
        }
        return Encoding.ASCII.GetBytes(text.Append(CultureInfo.InvariantCulture, $"\"@signature-params\": {Parameters}").ToString());
    }

    /// <summary>The header's value.</summary>
    public override string ToString() => $"{Label}={Parameters}";

    bool TryParameters(ref SignatureText rest, [NotNullWhen(false)] out string? problem)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        while (rest.TryTake(';'))
        {
            if (!rest.TryKey(out var name) || !seen.Add(name) || !rest.TryTake('='))
                return Wrong("parameters are name=value, each once", out problem);
            var isRead = name switch
            {
                "created" => Time(ref rest, at => Created = at),
                "expires" => Time(ref rest, at => Expires = at),
                "keyid" => Text(ref rest, text => KeyId = text),
                "nonce" => Text(ref rest, text => Nonce = text),
                "alg" => Text(ref rest, text => Algorithm = text),
                "tag" => Text(ref rest, _ => { }),
                _ => false,
            };
            if (!isRead)
                return Wrong($"the parameter {name} is not known, or is no such value", out problem);
        }
        problem = null;
        return rest.IsEmpty || Wrong("one signature, and nothing after its parameters", out problem);
    }

    static bool Time(ref SignatureText rest, Action<DateTimeOffset> set)
    {
        if (!rest.TryInteger(out var seconds))
            return false;
        set(DateTimeOffset.FromUnixTimeSeconds(seconds));
        return true;
    }

    static bool Text(ref SignatureText rest, Action<string> set)
    {
        if (!rest.TryString(out var text))
            return false;
        set(text);
        return true;
    }

    static bool Wrong(string why, out string problem)
    {
        problem = why;
        return false;
    }
}
