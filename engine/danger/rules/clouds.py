"""Clouds: aws, gcloud, az and the smaller ones, their object stores, and platforms that run applications."""

from __future__ import annotations

from ..rule import Rule, Tool

AWS = "aws|awslocal|aws2"
GCLOUD = "gcloud"
STACKS = "openstack|doctl|linode-cli|oci|ibmcloud|hcloud|scw|exo|vultr-cli|upctl|civo|aliyun|tccli|yc|ovhcloud|metal|nova|cinder|neutron|glance|keystone"
STORES = "s3cmd|s5cmd|b2|mc|minio-client|azcopy|swift|ossutil"
HEROKU = "heroku|scalingo|dokku"
FLY = "fly|flyctl"
SITES = "vercel|netlify|wrangler|firebase|amplify|sam|serverless|sls|copilot|eb|railway|render|supabase|pscale|neonctl|okteto|ntl|fastly|flarectl|akamai|cloudflared"
SERVICES = "atlas|confluent|ccloud|avn|temporal|tctl|cloud-platform|ngc|databricks|snow|astro|planetscale"

TOOLS: tuple[Tool, ...] = (
    Tool(
        AWS,
        "--profile --region --output --endpoint-url --query --ca-bundle --cli-input-json --cli-input-yaml --color "
        "--cli-read-timeout --cli-connect-timeout --page-size --max-items --starting-token --cli-binary-format "
        "--generate-cli-skeleton --filters --filter --instance-ids --instance-id --db-instance-identifier "
        "--db-cluster-identifier --db-snapshot-identifier --bucket --key --table-name --function-name --queue-url --stack-name "
        "--name --names --id --ids --group-id --group-name --group-ids --repository-name --cluster-name --cluster --service "
        "--services --user-name --role-name --policy-arn --policy-name --policy-document --volume-id --snapshot-id "
        "--auto-scaling-group-name --secret-id --desired-count --desired-capacity --min-size --max-size --min-capacity "
        "--max-capacity --task-definition --task --tasks --cidr --ip-permissions --protocol --port --hosted-zone-id "
        "--change-batch --acl --grant-read --policy --principal --document-name --targets --parameters --parameter --comment "
        "--key-id --pending-window-in-days --invocation-type --payload --reserved-concurrent-executions --status "
        "--scaling-config --nodegroup-name --distribution-id --paths --log-group-name --log-stream-name --start-time "
        "--end-time --filter-pattern --retention-in-days --exclude --include --storage-class --sse --content-type "
        "--cache-control --metadata --expires-in --target-group-arn --load-balancer-name --load-balancer-arn --alias --arn "
        "--resource-arn --alarm-names --allocation-id --association-id --image-id --image-ids --access-key-id --serial-number "
        "--topic-arn --message --message-body --receipt-handle --statement-id --action --version --capabilities "
        "--template-file --template-body --parameter-overrides --change-set-name --backup-retention-period "
        "--master-user-password --public-access-block-configuration --versioning-configuration --lifecycle-configuration "
        "--time-to-live-specification --point-in-time-recovery-specification --state --rule --volume-type --size --device "
        "--network-interface-id --route-table-id --destination-cidr-block --vpc-id --subnet-id --rule-action "
        "--replication-group-id --cache-cluster-id --db-cluster-snapshot-identifier --launch-template-name --key-name "
        "--tag-specifications --tags --resources --resource-id --count --instance-type --security-group-ids --attribute "
        "--operation-type --user-ids --group-names --values-to-add --attribute-name --item --sql --cluster-identifier "
        "--target --job-id --pipeline-name --environment-name --resources-vpc-config --node-group-name --since --format",
    ),
    Tool(
        "eksctl",
        "-f --config-file -n --name --cluster -r --region -p --profile --nodegroup --nodes -N --nodes-min --nodes-max "
        "--timeout --version --kubeconfig -o --output --arn --username --group --namespace --values --addon",
        has_verbs=True,
    ),
    Tool(
        GCLOUD,
        "--project --zone --region --account --format --filter --limit --sort-by --configuration --impersonate-service-account "
        "--verbosity --cluster --size --num-nodes --node-pool --member --role --source-ranges --allow --rules --direction "
        "--network --subnet --machine-type --image --image-family --image-project --command --ssh-flag --activation-policy "
        "--instance --database --async-id --version --location --keyring --key --secret --data-file --topic --subscription "
        "--metadata --metadata-from-file --tags --labels --update-labels --priority --description --billing-account "
        "--organization --folder --service-account --service --memory --cpu --concurrency --min-instances --max-instances "
        "--set-env-vars --update-env-vars --to-revisions --splits --type --ttl --rrdatas --time --freshness --page-size "
        "--flatten --flags-file --access-token-file --log-http-body --trace-token --instance-group --instance-group-zone "
        "--instances --disk --device-name --quota-project --user --password --backup-id --backup-instance --restore-instance --asset-types --scope --read-mask --resource --start-time --end-time --interval --resource-type --order-by "
        "--ddl --sql --recurse --target-size --network-endpoint-group --database-version --tier --schedule",
    ),
    Tool("gsutil", "-o -h -u -i -x -j"),
    Tool(
        "bq",
        "--project_id --dataset_id --location --format --max_results -n --destination_table --schema --source_format --expiration --job_id",
    ),
    Tool(
        "az",
        "--dest --destination-path --path -p -g --resource-group -n --name --subscription -s -o --output --query --ids --location -l --vm-name --cluster-name "
        "--nodepool-name --node-count -c --new-capacity --assignee --role --scope --account-name --container-name --vault-name "
        "--server --server-name -d --database --method --url --uri --body --headers --endpoint-status --enabled "
        "--enabled-state --default-action --public-access --allow-blob-public-access --access --source-address-prefixes "
        "--destination-port-ranges --start-ip-address --end-ip-address --mode --template-file --parameters --tags --image "
        "--size --admin-username --sku --plan --slot --settings --key --value --file -f --source --destination --pattern "
        "--state --replicas --min-replicas --max-replicas --registry -r --repository --priority --nsg-name --zone-name -z "
        "--record-set-name --ipv4-address --profile-name --endpoint-name --type --workspace --analytics-query --metric "
        "--resource --start-time --end-time --filter --kubernetes-version --max-surge --delete-backup-data "
        "--delete-destination --command --command-id --lock-type --port --start-date --end-date --assignee-object-id --principal-id",
    ),
    Tool(
        STACKS,
        "-o --output --format -c --config --context --project --os-cloud --os-project-name --action --instance-id -t --access-token --region --zone -f --filter",
        has_verbs=True,
    ),
    Tool(
        "s3cmd|s5cmd",
        "-c --config --access_key --secret_key --region --host --host-bucket --endpoint-url --exclude --include --profile",
    ),
    Tool(
        "mc|minio-client|azcopy|b2|swift|ossutil",
        "-o --output --output-dir --older-than --newer-than --config-dir --json-at --include-pattern --exclude-pattern --log-level -A -U -K",
    ),
    Tool(
        "cf|cf7|cf8",
        "-o -s -i -k -m -p -b -f -c -d --hostname --path --app-name -X --strategy --command -t --var --vars-file",
    ),
    Tool(HEROKU, "-a --app -r --remote -t --team -s --size --type -n --num -p --process-type", has_verbs=True),
    Tool(
        FLY,
        "-a --app -c --config -o --org -r --region -t --target --access-token -i --image -e --env -p --pipeline -j --job -w --worker --vm-size --vm-memory",
        has_verbs=True,
    ),
    Tool(
        SITES,
        "-c --config --env -e --token --scope -t --team -n --name --stage -s --region -r --profile --project -P --org "
        "--stack-name --template-file --branch --database --site --dir -d --message -m --binding --namespace-id --environment",
        has_verbs=True,
    ),
    Tool(
        SERVICES,
        "-o --output --project --environment --cluster --profile -n --namespace --address -w --workflow_id -r --run_id",
        has_verbs=True,
    ),
)

# fmt: off
RULES: tuple[Rule, ...] = (
    # aws: help, and what is only tried.
    Rule(AWS, "... help $", "safe", "mention", "only prints help", yes=("aws help", "aws ec2 terminate-instances help"), no=("aws ec2 terminate-instances",)),
    Rule(AWS, "* * --generate-cli-skeleton", "safe", "dry_run", "only prints a form to fill in", yes=("aws rds delete-db-instance --generate-cli-skeleton input",), no=("aws rds delete-db-instance",)),
    Rule(AWS, "ec2 * --dry-run !--no-dry-run", "safe", "dry_run", "only asks whether it would be allowed",
         yes=("aws ec2 termi nate-instances --instance-ids i-0f42c99 --dry-run", "aws ec2 --region eu-west-1 stop-instances --dry-run --instance-ids i-1"),
         no=("aws ec2 terminate-instances --instance-ids i-0abc123", "aws ec2 stop-instances --no-dry-run --instance-ids i-1", "aws rds delete-db-instance --dry-run")),
    Rule(AWS, "s3 * --dryrun", "safe", "dry_run", "only says what it would copy or delete",
         yes=("aws s3 sync ./build s3://www-green --delete --dryrun", "aws s3 rm s3://b --recursive --dryrun"), no=("aws s3 rm s3://b --recursive", "aws s3 rm s3://b --recursive --dry-run")),
    Rule(AWS, "kms decrypt|encrypt|re-encrypt|sign|verify|create-grant|revoke-grant|retire-grant|generate-* --dry-run", "safe", "dry_run", "only asks whether it would be allowed", id="aws-kms-dry-run",
         yes=("aws kms create-grant --dry-run --key-id k --grantee-principal p --operations Decrypt",), no=("aws kms schedule-key-deletion --key-id k --dry-run",)),
    Rule(AWS, "lambda invoke --invocation-type=DryRun", "safe", "dry_run", "only asks whether it would be allowed", yes=("aws lambda invoke --function-name f --invocation-type DryRun /tmp/out",), no=("aws lambda invoke --function-name f /tmp/out",)),
    Rule(AWS, "cloudformation deploy --no-execute-changeset", "safe", "dry_run", "only makes a change set to look at", yes=("aws cloudformation deploy --stack-name s --template-file t.yml --no-execute-changeset",), no=("aws cloudformation deploy --stack-name s --template-file t.yml",)),

    # aws: secrets that would be printed.
    Rule(AWS, "secretsmanager get-secret-value|batch-get-secret-value|get-random-password", "caution", "credentials", "prints secrets",
         yes=("aws secretsmanager get-secret-value --secret-id prod/db --query SecretString --output text",), no=("aws secretsmanager describe-secret --secret-id prod/db",)),
    Rule(AWS, "ssm get-parameter|get-parameters|get-parameters-by-path|get-parameter-history --with-decryption", "caution", "credentials", "prints secrets",
         yes=("aws ssm get-parameter --name /prod/db --with-decryption",), no=("aws ssm get-parameter --name /prod/url",)),
    Rule(AWS, "ecr|ecr-public|sts|codeartifact|redshift|redshift-serverless|rds|eks|ec2|kms|iam|sso|lightsail|cognito-identity get-login|get-login-password|get-session-token|get-federation-token|get-authorization-token|"
         "get-cluster-credentials*|get-credentials*|generate-db-auth-token|get-token|get-password-data|decrypt|generate-data-key|assume-role*|get-role-credentials|get-instance-access-details",
         "caution", "credentials", "prints or keeps credentials", id="aws-credentials",
         yes=("aws ecr get-login-password --region eu-west-1", "aws sts assume-role --role-arn arn:aws:iam::1:role/ops --role-session-name me", "aws ec2 get-password-data --instance-id i-1 --priv-launch-key k.pem", "aws kms decrypt --ciphertext-blob fileb://x"),
         no=("aws sts get-caller-identity", "aws iam get-role --role-name ops")),
    # aws s3
    Rule(AWS, "s3 ls", "safe", "read_only", "only lists", yes=("aws s3 ls s3://cold-copies/ --recursive --summarize",), no=("aws s3 rm s3://prod-backups/x",)),
    Rule(AWS, "s3 presign", "caution", "credentials", "prints a link that gives access", yes=("aws s3 presign s3://b/k --expires-in 600",), no=("aws s3 ls s3://b",)),
    Rule(AWS, "s3 rm", "dangerous", "data_destruction", "deletes objects", dry_run="+--dryrun",
         yes=("aws s3 rm s3://prod-backups --recursive", "aws s3 rm s3://b/k", "aws --profile prod s3 rm --recursive s3://b/logs/"), no=("aws s3 ls s3://b", "aws s3 cp s3://b/k -")),
    Rule(AWS, "s3 rb", "dangerous", "data_destruction", "deletes a bucket, with --force everything in it",
         dry_run="instead aws s3 ls {operands} --recursive --summarize", grade="approximate", note="lists what is in the bucket",
         yes=("aws s3 rb s3://cold-copies --force",), no=("aws s3 mb s3://new-bucket",)),
    Rule(AWS, "s3 sync --delete", "dangerous", "data_destruction", "deletes what is not at the source", dry_run="+--dryrun",
         yes=("aws s3 sync ./build s3://www-green --delete", "aws s3 sync --delete s3://a s3://b"), no=("aws s3 sync ./build s3://www-prod",)),
    Rule(AWS, "s3 mv --recursive", "dangerous", "data_destruction", "deletes the objects it moved", dry_run="+--dryrun", yes=("aws s3 mv s3://a s3://b --recursive",), no=("aws s3 mv s3://a/k s3://b/k",)),
    Rule(AWS, "s3 cp|sync|mv --acl=public-*", "dangerous", "privilege", "lets everybody read or write", dry_run="+--dryrun", id="aws-s3-public", yes=("aws s3 cp x.html s3://b/ --acl public-read",), no=("aws s3 cp x.html s3://b/",)),
    Rule(AWS, "s3 cp|sync @copied-aside s3://*", "safe", "read_only", "copies objects to here", id="aws-s3-down",
         yes=("aws s3 cp s3://edge-logs/2024/01/01/app.log -", "aws s3 cp s3://b/k /tmp/k", "aws s3 sync s3://b/logs ./logs", "aws s3 cp s3://b/shop.sql.gz ."), no=("aws s3 cp s3://a/k s3://b/k", "aws s3 cp ./k s3://b/k", "aws s3 cp s3://b/app.conf .")),
    Rule(AWS, "s3 cp|sync|mv @to-power s3://*", "dangerous", "privilege", "replaces a file that says who may do what", id="aws-s3-power", yes=("aws s3 cp s3://b/k /etc/passwd",), no=("aws s3 cp s3://b/k /etc/app.conf",)),
    Rule(AWS, "s3 cp|sync s3://* !s3://*", "caution", "config_change", "copies objects over what is here", dry_run="+--dryrun", id="aws-s3-down-over",
         yes=("aws s3 cp s3://b/app /etc/app --recursive", "aws s3 cp s3://b/app.conf .", "aws s3 sync s3://b/site /srv/site"), no=("aws s3 cp s3://b/k /tmp/k", "aws s3 cp s3://a/k s3://b/k")),
    Rule(AWS, "s3 *", "caution", "config_change", "writes objects or changes a bucket", dry_run="+--dryrun", yes=("aws s3 cp ./k s3://b/k", "aws s3 sync ./build s3://www-prod", "aws s3 mv s3://a/k s3://b/k"), no=("aws s3 ls",)),
    # aws: access.
    Rule(AWS, "iam attach-*-policy --policy-arn=*Administrator*|*PowerUser*|*FullAccess", "dangerous", "privilege", "gives wide access",
         yes=("aws iam attach-role-policy --role-name ci --policy-arn arn:aws:iam::aws:policy/AdministratorAccess", "aws iam attach-user-policy --user-name bob --policy-arn=arn:aws:iam::aws:policy/IAMFullAccess"),
         no=("aws iam attach-role-policy --role-name ci --policy-arn arn:aws:iam::aws:policy/ReadOnlyAccess",)),
    Rule(AWS, "iam put-*-policy|create-policy|create-policy-version --policy-document=*Action*\"[*]\"*", "dangerous", "privilege", "gives wide access", id="aws-iam-put-policy-wide",
         yes=("""aws iam put-user-policy --user-name bob --policy-name p --policy-document '{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'""",),
         no=("aws iam put-user-policy --user-name bob --policy-name p --policy-document file://p.json",)),
    Rule(AWS, "iam create-access-key|create-login-profile|update-login-profile|create-service-specific-credential|reset-service-specific-credential|upload-ssh-public-key|update-access-key|update-assume-role-policy|change-password|update-account-password-policy",
         "dangerous", "credentials", "makes or changes a way in",
         yes=("aws iam create-access-key --user-name deploy", "aws iam update-access-key --access-key-id AKIA --status Inactive --user-name deploy"), no=("aws iam list-access-keys --user-name deploy",)),
    Rule(AWS, "iam add-user-to-group --group-name=*[Aa]dmin*|*[Rr]oot*|*[Pp]ower*|*[Oo]wner*", "dangerous", "privilege", "makes somebody an administrator", yes=("aws iam add-user-to-group --user-name bob --group-name Admins",), no=("aws iam add-user-to-group --user-name bob --group-name readers",)),
    Rule(AWS, "sso-admin create-account-assignment", "dangerous", "privilege", "gives somebody access to an account", yes=("aws sso-admin create-account-assignment --permission-set-arn p --principal-id x",), no=("aws sso-admin list-permission-sets",)),
    Rule(AWS, "ec2 authorize-security-group-ingress --cidr|--cidr-ip=0.0.0.0/0|::/0", "dangerous", "network", "opens a port to everybody", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 0.0.0.0/0",), no=("aws ec2 authorize-security-group-ingress --group-id sg-1 --protocol tcp --port 22 --cidr 10.0.0.0/8",)),
    Rule(AWS, "ec2 authorize-security-group-ingress|modify-security-group-rules --ip-permissions|--security-group-rules=*0.0.0.0/0*|*::/0*", "dangerous", "network", "opens a port to everybody", id="aws-ec2-open-permissions",
         dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions 'IpProtocol=tcp,FromPort=22,ToPort=22,IpRanges=[{CidrIp=0.0.0.0/0}]'",), no=("aws ec2 authorize-security-group-ingress --group-id sg-1 --ip-permissions file://p.json",)),
    Rule(AWS, "s3api put-bucket-acl|put-object-acl|create-bucket|put-object --acl=public-*", "dangerous", "privilege", "lets everybody read or write", yes=("aws s3api put-bucket-acl --bucket b --acl public-read",), no=("aws s3api put-bucket-acl --bucket b --acl private",)),
    Rule(AWS, "s3api|s3control put-public-access-block --public-access-block-configuration=*[Ff]alse*", "dangerous", "privilege", "lets buckets be made public", yes=("aws s3api put-public-access-block --bucket b --public-access-block-configuration BlockPublicAcls=false",), no=("aws s3api put-public-access-block --bucket b --public-access-block-configuration BlockPublicAcls=true",)),
    Rule(AWS, "s3api put-bucket-policy --policy=*Principal*\"[*]\"*", "dangerous", "privilege", "lets everybody use a bucket", yes=("""aws s3api put-bucket-policy --bucket b --policy '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject"}]}'""",), no=("aws s3api put-bucket-policy --bucket b --policy file://p.json",)),
    Rule(AWS, "lambda|sns|sqs|ecr|events add-permission|set-repository-policy|put-permission --principal=[*]", "dangerous", "privilege", "lets everybody use it", yes=("aws lambda add-permission --function-name f --statement-id s --action lambda:InvokeFunction --principal '*'",), no=("aws lambda add-permission --function-name f --statement-id s --action lambda:InvokeFunction --principal events.amazonaws.com",)),
    Rule(AWS, "ec2|rds modify-snapshot-attribute|modify-image-attribute|modify-db-snapshot-attribute|modify-db-cluster-snapshot-attribute --group-names|--values-to-add|--launch-permission|--user-groups|--create-volume-permission=*all*", "dangerous", "privilege", "makes an image or backup public",
         yes=("aws ec2 modify-snapshot-attribute --snapshot-id snap-1 --attribute createVolumePermission --operation-type add --group-names all",), no=("aws ec2 modify-snapshot-attribute --snapshot-id snap-1 --attribute createVolumePermission --operation-type add --user-ids 123",)),
    Rule(AWS, "eks associate-access-policy --policy-arn=*Admin*", "dangerous", "privilege", "gives away control of the cluster", yes=("aws eks associate-access-policy --cluster-name c --principal-arn p --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy --access-scope type=cluster",), no=("aws eks associate-access-policy --cluster-name c --principal-arn p --policy-arn arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy --access-scope type=cluster",)),
    Rule(AWS, "eks update-cluster-config --resources-vpc-config=*0.0.0.0/0*", "dangerous", "network", "opens the cluster's API to everybody", yes=("aws eks update-cluster-config --name c --resources-vpc-config publicAccessCidrs=0.0.0.0/0",), no=("aws eks update-cluster-config --name c --resources-vpc-config publicAccessCidrs=10.0.0.0/8",)),
    Rule(AWS, "rds modify-db-instance|modify-db-cluster --publicly-accessible|--master-user-password|--rotate-master-user-password", "dangerous", "credentials", "changes who can get at the database", yes=("aws rds modify-db-instance --db-instance-identifier prod --master-user-password s3cret",), no=("aws rds modify-db-instance --db-instance-identifier prod --allocated-storage 200",)),
    Rule(AWS, "rds modify-db-instance|modify-db-cluster --backup-retention-period=0", "dangerous", "data_destruction", "deletes the automatic backups", id="aws-rds-no-backups", yes=("aws rds modify-db-instance --db-instance-identifier prod --backup-retention-period 0",), no=("aws rds modify-db-instance --db-instance-identifier prod --backup-retention-period 7",)),
    Rule(AWS, "secretsmanager rotate-secret|cancel-rotate-secret", "dangerous", "credentials", "rotates credentials", yes=("aws secretsmanager rotate-secret --secret-id prod/db",), no=("aws secretsmanager describe-secret --secret-id prod/db",)),
    # aws: capacity to zero.
    Rule(AWS, "ecs update-service --desired-count=0", "dangerous", "availability", "scales a service to zero", yes=("aws ecs update-service --cluster store --service gate --desired-count 0",), no=("aws ecs update-service --cluster prod --service api --desired-count 10",)),
    Rule(AWS, "autoscaling update-auto-scaling-group|set-desired-capacity|put-scheduled-update-group-action --desired-capacity|--max-size=0", "dangerous", "availability", "scales a group to zero",
         yes=("aws autoscaling set-desired-capacity --auto-scaling-group-name api --desired-capacity 0", "aws autoscaling update-auto-scaling-group --auto-scaling-group-name gate --min-size 0 --max-size 0 --desired-capacity 0"),
         no=("aws autoscaling set-desired-capacity --auto-scaling-group-name api --desired-capacity 10", "aws autoscaling update-auto-scaling-group --auto-scaling-group-name api --min-size 0")),
    Rule(AWS, "eks update-nodegroup-config --scaling-config=*desiredSize=0*|*maxSize=0*", "dangerous", "availability", "scales a group of nodes to zero", yes=("aws eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config minSize=0,maxSize=1,desiredSize=0",), no=("aws eks update-nodegroup-config --cluster-name c --nodegroup-name n --scaling-config minSize=1,maxSize=5,desiredSize=3",)),
    Rule(AWS, "lambda put-function-concurrency --reserved-concurrent-executions=0", "dangerous", "availability", "lets the function run no more", yes=("aws lambda put-function-concurrency --function-name f --reserved-concurrent-executions 0",), no=("aws lambda put-function-concurrency --function-name f --reserved-concurrent-executions 50",)),
    Rule(AWS, "lambda|firehose|pipes|events|scheduler|route53|guardduty update-*|put-rule --no-enabled|--no-enable|--disabled", "dangerous", "availability", "switches it off", yes=("aws lambda update-event-source-mapping --uuid u --no-enabled",), no=("aws lambda update-event-source-mapping --uuid u --enabled",)),
    Rule(AWS, "events|scheduler put-rule|update-schedule --state=DISABLED", "dangerous", "availability", "switches a schedule off", yes=("aws events put-rule --name nightly --state DISABLED",), no=("aws events put-rule --name nightly --state ENABLED",)),
    Rule(AWS, "ecs update-container-instances-state --status=DRAINING", "dangerous", "availability", "moves everything off a machine", yes=("aws ecs update-container-instances-state --cluster c --container-instances i --status DRAINING",), no=("aws ecs update-container-instances-state --cluster c --container-instances i --status ACTIVE",)),
    # aws: data that goes slowly.
    Rule(AWS, "s3api put-bucket-versioning --versioning-configuration=*Suspended*", "dangerous", "data_destruction", "keeps no old versions any more", yes=("aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Suspended",), no=("aws s3api put-bucket-versioning --bucket b --versioning-configuration Status=Enabled",)),
    Rule(AWS, "s3api put-bucket-lifecycle-configuration|put-bucket-lifecycle --lifecycle-configuration=*Expiration*", "dangerous", "data_destruction", "lets objects expire", yes=("""aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration '{"Rules":[{"Status":"Enabled","Expiration":{"Days":1}}]}'""",), no=("aws s3api put-bucket-lifecycle-configuration --bucket b --lifecycle-configuration file://l.json",)),
    Rule(AWS, "logs put-retention-policy --retention-in-days=1|3|5", "dangerous", "data_destruction", "throws all but the last days of a log away", yes=("aws logs put-retention-policy --log-group-name /app --retention-in-days 1",), no=("aws logs put-retention-policy --log-group-name /app --retention-in-days 30",)),
    Rule(AWS, "kinesis decrease-stream-retention-period", "dangerous", "data_destruction", "throws older records away", yes=("aws kinesis decrease-stream-retention-period --stream-name s --retention-period-hours 24",), no=("aws kinesis increase-stream-retention-period --stream-name s --retention-period-hours 48",)),
    Rule(AWS, "dynamodb update-continuous-backups --point-in-time-recovery-specification=*[Ff]alse*", "dangerous", "data_destruction", "throws the way back to earlier states away", yes=("aws dynamodb update-continuous-backups --table-name t --point-in-time-recovery-specification PointInTimeRecoveryEnabled=false",), no=("aws dynamodb update-continuous-backups --table-name t --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",)),
    # aws: elsewhere and at once.
    Rule(AWS, "ssm send-command --parameters=*commands*[\"']*", "caution", "opaque", "runs commands on machines", id="aws-ssm-send-commands", yes=("""aws ssm send-command --document-name AWS-RunShellScript --instance-ids i-1 --parameters 'commands=["uptime"]'""",), no=("aws ssm send-command --document-name Fix --targets Key=tag:role,Values=web",)),
    Rule(AWS, "ssm send-command", "dangerous", "availability", "runs a document on machines, which is not read here", yes=("aws ssm send-command --document-name Fix --targets Key=tag:role,Values=web",), no=("aws ssm list-commands",)),
    Rule(AWS, "ssm start-automation-execution --document-name=*Stop*|*Terminate*|*Delete*|*Reboot*|*Restart*", "dangerous", "availability", "stops or deletes by a document", yes=("aws ssm start-automation-execution --document-name AWS-StopEC2Instance --parameters InstanceId=i-1",), no=("aws ssm start-automation-execution --document-name AWS-CreateSnapshot",)),
    Rule(AWS, "route53 change-resource-record-sets", "dangerous", "network", "changes where names lead",
         yes=("aws route53 change-resource-record-sets --hosted-zone-id Z1 --change-batch file://c.json",), no=("aws route53 list-resource-record-sets --hosted-zone-id Z1",)),
    Rule(AWS, "route53domains update-domain-nameservers|transfer-domain*|retire*|push-domain", "dangerous", "network", "gives a domain away or points it elsewhere", yes=("aws route53domains update-domain-nameservers --domain-name example.com --nameservers Name=ns1",), no=("aws route53domains list-domains",)),
    Rule(AWS, "arc-zonal-shift|route53-recovery-cluster start-zonal-shift|update-routing-control-state*", "dangerous", "availability", "moves traffic away from a zone or region", yes=("aws arc-zonal-shift start-zonal-shift --resource-identifier r --away-from use1-az1 --expires-in 1h --comment x",), no=("aws arc-zonal-shift list-zonal-shifts",)),
    Rule(AWS, "organizations|account leave-organization|remove-account-from-organization|close-account|move-account", "dangerous", "cluster_scope", "moves or closes an account", yes=("aws organizations close-account --account-id 123",), no=("aws organizations list-accounts",)),
    # aws: changes that sound worse than they are.
    Rule(AWS, "* delete-tags|remove-tags*|untag-*|delete-message|delete-message-batch|delete-item|delete-change-set|delete-function-concurrency|stop-query|stop-query-execution|stop-task|stop-execution|stop-build|stop-deployment|stop-pipeline-execution|"
         "stop-automation-execution|stop-backup-job|stop-job-run|stop-crawler|cancel-*|disable-alarm-actions|abort-multipart-upload|remove-tag*|terminate-session|terminate-job|disable-stage-transition|delete-session|stop-stack-set-operation|reset-db*parameter-group|"
         "batch-stop-job-run|cancel-instance-refresh|suspend-processes|reset-instance-attribute|reset-alarm*", "caution", "config_change", "takes one small thing away", id="aws-small",
         yes=("aws ec2 delete-tags --resources i-1 --tags Key=a", "aws ecs stop-task --cluster prod --task t", "aws dynamodb delete-item --table-name t --key file://k", "aws cloudwatch disable-alarm-actions --alarm-names a", "aws autoscaling suspend-processes --auto-scaling-group-name g"),
         no=("aws ec2 delete-volume --volume-id v", "aws ec2 stop-instances --instance-ids i")),
    # aws: destroying, in whichever service.
    Rule(AWS, "ec2 terminate-instances|stop-instances|reboot-instances", "dangerous", "availability", "stops, reboots or deletes machines", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 terminate-instances --instance-ids i-0abc123", "aws --profile prod --region eu-west-1 ec2 stop-instances --instance-ids i-0abc123 --force", "aws ec2 reboot-instances --instance-ids i-0f42c99"),
         no=("aws ec2 describe-instances", "aws ec2 start-instances --instance-ids i-1")),
    Rule(AWS, "ec2 revoke-*|release-*|detach-*|disassociate-*|withdraw-*|unassign-*", "dangerous", "network", "takes a way to machines, or a part of them, away", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 revoke-security-group-ingress --group-id sg-77 --protocol tcp --port 443 --cidr 0.0.0.0/0", "aws ec2 release-address --allocation-id e-1", "aws ec2 detach-volume --volume-id vol-1"), no=("aws ec2 attach-volume --volume-id vol-1 --instance-id i --device /dev/sdf",)),
    Rule(AWS, "ec2 create-network-acl-entry|replace-network-acl-entry --rule-action=deny", "dangerous", "network", "shuts traffic out", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed", yes=("aws ec2 create-network-acl-entry --network-acl-id a --rule-number 1 --protocol -1 --rule-action deny --egress --cidr-block 0.0.0.0/0",), no=("aws ec2 create-network-acl-entry --network-acl-id a --rule-number 1 --protocol -1 --rule-action allow --egress --cidr-block 10.0.0.0/8",)),
    Rule(AWS, "ec2 delete-*|deregister-*|purge-*|disable-*|create-replace-root-volume-task|cancel-spot-fleet-requests", "dangerous", "data_destruction", "deletes a part of the infrastructure", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 delete-volume --volume-id vol-1", "aws ec2 delete-snapshot --snapshot-id snap-0f9e", "aws ec2 deregister-image --image-id ami-1", "aws ec2 describe-volumes --query 'Volumes[].VolumeId' --output text | xargs -n1 aws ec2 delete-volume --volume-id"),
         no=("aws ec2 delete-tags --resources i-1 --tags Key=a", "aws ec2 describe-volumes")),
    Rule(AWS, "iam|sts|cognito-idp|identitystore|sso-admin|kms|secretsmanager|acm|acm-pca delete-*|remove-*|detach-*|deactivate-*|disable-*|revoke-*|schedule-*|admin-delete-*|admin-disable-*|admin-reset-*|admin-user-global-sign-out|batch-delete-*|disassociate-*|retire-*|global-sign-out",
         "dangerous", "credentials", "takes access, keys or secrets away",
         yes=("aws iam delete-access-key --access-key-id AKIAOLDONE --user-name deploy", "aws kms schedule-key-deletion --key-id k --pending-window-in-days 7", "aws kms disable-key --key-id k", "aws secretsmanager delete-secret --secret-id store/db --force-delete-without-recovery",
              "aws iam detach-role-policy --role-name ci --policy-arn a", "aws iam remove-user-from-group --user-name bob --group-name ops", "aws iam deactivate-mfa-device --user-name bob --serial-number s"),
         no=("aws iam get-user --user-name bob", "aws kms cancel-key-deletion --key-id k")),
    Rule(AWS, "* terminate-*|stop-*|reboot-*|failover-*|switchover-*|test-failover*|pause-*|deregister-*|disable-*|detach-*|disassociate-*|enter-standby|promote-read-replica*|suspend-*|rebuild-environment|decrease-replica-count|deactivate-*|release-*|unsubscribe|reset-*|evict-*|leave-*",
         "dangerous", "availability", "stops something or takes it out of service",
         yes=("aws rds stop-db-instance --db-instance-identifier prod", "aws rds failover-db-cluster --db-cluster-identifier c", "aws elbv2 deregister-targets --target-group-arn a --targets Id=i-1", "aws cloudtrail stop-logging --name t", "aws elasticache test-failover --replication-group-id r --node-group-id 1",
              "aws autoscaling terminate-instance-in-auto-scaling-group --instance-id i --should-decrement-desired-capacity", "aws wafv2 disassociate-web-acl --resource-arn a", "aws rds reboot-db-instance --db-instance-identifier prod --force-failover", "aws events disable-rule --name nightly"),
         no=("aws autoscaling suspend-processes --auto-scaling-group-name g", "aws rds start-db-instance --db-instance-identifier prod")),
    Rule(AWS, "* delete-*|purge-*|remove-*|batch-delete-*|backtrack-*|wipe-*|destroy-*|erase-*|drop-*|expire-*|flush-*|revoke-*|admin-delete-*", "dangerous", "data_destruction", "deletes something nothing makes again",
         yes=("aws rds delete-db-instance --db-instance-identifier ledger --skip-final-snapshot", "aws dynamodb delete-table --table-name visits", "aws sqs purge-queue --queue-url https://sqs.eu-north-1.amazonaws.com/123/parcels", "aws route53 delete-hosted-zone --id Z1",
              "aws cloudformation delete-stack --stack-name prod", "aws ecr batch-delete-image --repository-name r --image-ids imageTag=1", "aws s3api delete-object --bucket b --key k", "aws lambda delete-function --function-name resize", "aws eks delete-cluster --name prod", "aws lambda remove-permission --function-name f --statement-id s"),
         no=("aws sqs delete-message --queue-url q --receipt-handle h", "aws dynamodb describe-table --table-name sessions", "aws ec2 delete-volume --volume-id v")),
    # aws: reading.
    Rule(AWS, "sqs receive-message", "caution", "config_change", "takes messages and hides them for a while", yes=("aws sqs receive-message --queue-url q",), no=("aws sqs get-queue-attributes --queue-url q",)),
    Rule(AWS, "s3api|glacier|mediastore-data|ebs|apigateway|appconfig|codeartifact|workmailmessageflow|kinesis-video-media|iot-data|sagemaker-runtime|backupstorage|lookoutvision|apigatewayv2|lexv2-models|polly get-object|get-object-torrent|get-job-output|get-snapshot-block|"
         "get-export|get-sdk|get-configuration|get-package-version-asset|get-raw-message-content|get-media|get-thing-shadow|export-api @power", "dangerous", "privilege", "replaces a file that says who may do what", id="aws-outfile-power", yes=("aws s3api get-object --bucket b --key k /root/.ssh/authorized_keys",), no=("aws s3api get-object --bucket b --key k /tmp/k",)),
    Rule(AWS, "s3api|glacier|mediastore-data|ebs|apigateway|appconfig|codeartifact|workmailmessageflow|kinesis-video-media|iot-data|apigatewayv2 get-object|get-object-torrent|get-job-output|get-snapshot-block|get-export|get-sdk|get-configuration|"
         "get-package-version-asset|get-raw-message-content|get-media|get-thing-shadow|export-api !@copied-aside", "caution", "config_change", "writes its answer over a file", id="aws-outfile", yes=("aws s3api get-object --bucket b --key k /etc/app.conf", "aws s3api get-object --bucket b --key k app.conf"), no=("aws s3api get-object --bucket b --key k /tmp/k", "aws s3api get-object --bucket b --key k /dev/stdout", "aws s3api get-object-acl --bucket b --key k")),
    Rule(AWS, "* describe-*|list-*|get-*|lookup-*|search*|batch-get-*|batch-describe-*|head-*|filter-*|scan|query|tail|wait|simulate-*|validate-*|preview-*|estimate-*|detect-*|check-*|verify*|select-*|discover-*|view-*|show*|test-dns-answer|test-event-pattern|test-metric-filter|test-connection|test-identity*|test-availability|test-role|download-*|"
         "start-query|start-live-tail|generate-*|transact-get-items|decode-*|admin-get-*|admin-list-*|is-*|sample-*|compare-*|retrieve-*|count-*|resolve-*|forecast-*|evaluate-*|read-*|fetch-*|analyze-*|lookup|ls|history|package|ping",
         "safe", "read_only", "only reads", id="aws-read",
         yes=("aws ec2 describe-instances --filters Name=tag:role,Values=web", "aws sts get-caller-identity", "aws logs tail /app --follow", "aws dynamodb query --table-name t --key-condition-expression k", "aws --profile prod --region eu-west-1 rds wait db-instance-available",
              "aws iam simulate-principal-policy --policy-source-arn a --action-names s3:GetObject", "aws s3api head-object --bucket b --key k", "aws cloudtrail lookup-events --lookup-attributes AttributeKey=EventName,AttributeValue=Termi nateInstances"),
         no=("aws ec2 run-instances --image-id a", "aws elasticache test-failover --replication-group-id r --node-group-id 1", "aws apigateway test-invoke-method --rest-api-id a")),
    Rule(AWS, "configure list|get|list-profiles", "safe", "read_only", "only reads the client's configuration", yes=("aws configure list",), no=("aws configure set region eu-west-1",)),
    # aws: the rest.
    Rule(AWS, "ssm start-session|resume-session", "caution", "privilege", "opens a shell on a machine", yes=("aws ssm start-session --target i-0f42c99",), no=("aws ssm terminate-session --session-id s",)),
    Rule(AWS, "ecs execute-command", "caution", "privilege", "opens a shell in a container", yes=("aws ecs execute-command --cluster prod --task t --interactive",), no=("aws ecs list-tasks",)),
    Rule(AWS, "eks update-kubeconfig", "caution", "local_scratch", "changes which cluster later commands go to", yes=("aws eks update-kubeconfig --name prod",), no=("aws eks list-clusters",)),
    Rule(AWS, "configure|sso|login|logout", "caution", "config_change", "changes the client's own settings", yes=("aws configure set region eu-west-1", "aws sso login --profile prod"), no=("aws sts get-caller-identity",)),
    Rule(AWS, "ec2 *", "caution", "config_change", "changes something of the machines or networks", dry_run="+--dry-run", grade="approximate", note="only asks whether it would be allowed",
         yes=("aws ec2 run-instances --image-id ami-1 --instance-type t3.small", "aws ec2 start-instances --instance-ids i-1", "aws ec2 create-snapshot --volume-id v", "aws ec2 modify-instance-attribute --instance-id i --instance-type m5.large"), no=("aws ec2 describe-instances",)),
    Rule(AWS, "*", "caution", "config_change", "changes something of the account", id="aws-other",
         yes=("aws ecs update-service --cluster store --service gate --force-new-deployment", "aws cloudfront create-invalidation --distribution-id E1 --paths '/*'", "aws sns publish --topic-arn t --message hi", "aws $SERVICE $ACTION", "aws cloudformation deploy --stack-name s --template-file t.yml", "aws apigateway test-invoke-method --rest-api-id a"),
         no=("aws ecs list-services --cluster prod",)),

    # eksctl. With a configuration file, and for some commands always, nothing happens without --approve.
    Rule("eksctl", "... --dry-run=|true", "safe", "dry_run", "only prints what it would make", yes=("eksctl create cluster --name prod --dry-run",), no=("eksctl create cluster --name prod",)),
    Rule("eksctl", "delete|drain nodegroup|nodegroups|ng|iamserviceaccount|iamserviceaccounts|iamidentitymapping|podidentityassociation -f|--config-file !--approve", "safe", "dry_run", "only plans; nothing happens without --approve",
         yes=("eksctl delete nodegroup --config-file=c.yaml --include=ng-1",), no=("eksctl delete nodegroup --config-file=c.yaml --approve", "eksctl delete cluster -f c.yaml")),
    Rule("eksctl", "upgrade|update cluster !--approve", "safe", "dry_run", "only plans; nothing happens without --approve", yes=("eksctl upgrade cluster --name prod --version 1.30",), no=("eksctl upgrade cluster --name prod --approve",)),
    Rule("eksctl", "utils update-*|associate-*|set-public-access-cidrs|install-* !--approve", "safe", "dry_run", "only plans; nothing happens without --approve", yes=("eksctl utils update-kube-proxy --cluster prod",), no=("eksctl utils update-kube-proxy --cluster prod --approve", "eksctl utils write-kubeconfig --cluster prod")),
    Rule("eksctl", "drain --undo", "caution", "cluster_scope", "lets pods schedule again", yes=("eksctl drain nodegroup --cluster prod --name ng-1 --undo",), no=("eksctl drain nodegroup --cluster prod --name ng-1",)),
    Rule("eksctl", "delete|drain", "dangerous", "cluster_scope", "deletes a cluster or a part of it, or moves everything off its nodes",
         yes=("eksctl delete cluster --name prod", "eksctl delete nodegroup --cluster prod --name ng-1", "eksctl drain nodegroup --cluster prod --name ng-1", "eksctl delete nodegroup -f c.yaml --approve"), no=("eksctl get clusters",)),
    Rule("eksctl", "scale --nodes|-N=0", "dangerous", "availability", "scales a group of nodes to zero", yes=("eksctl scale nodegroup --cluster prod --name ng-1 --nodes 0",), no=("eksctl scale nodegroup --cluster prod --name ng-1 --nodes 5",)),
    Rule("eksctl", "create iamidentitymapping --group=system:masters", "dangerous", "privilege", "gives away control of the cluster", yes=("eksctl create iamidentitymapping --cluster prod --arn a --group system:masters",), no=("eksctl create iamidentitymapping --cluster prod --arn a --group viewers",)),
    Rule("eksctl", "get|info|version|completion|help", "safe", "read_only", "only reads", yes=("eksctl get nodegroup --cluster prod", "eksctl info"), no=("eksctl delete cluster --name prod",)),
    Rule("eksctl", "", "caution", "config_change", "changes a cluster or the client's context", id="eksctl-other", yes=("eksctl scale nodegroup --cluster prod --name ng-1 --nodes 5", "eksctl utils write-kubeconfig --cluster prod", "eksctl create nodegroup -f c.yaml", "eksctl upgrade cluster --name prod --approve"), no=("eksctl get clusters",)),

    # gcloud: help, and what is only tried. It refuses options it does not know.
    Rule(GCLOUD, "help|topic|cheat-sheet|info|version|feedback|survey", "safe", "mention", "only prints help or facts about the client", yes=("gcloud info", "gcloud help compute instances delete"), no=("gcloud compute instances delete web-1",)),
    Rule(GCLOUD, "... set-cleanup-policies", "caution", "config_change", "changes what a repository keeps", yes=("gcloud artifacts repositories set-cleanup-policies r --policy p.json --dry-run",), no=("gcloud artifacts repositories describe r",)),
    Rule(GCLOUD, "... --validate-only|--dry-run|--preview=|true", "safe", "dry_run", "only says what it would do",
         yes=("gcloud storage rsync ./a gs://b --delete-unmatched-destination-objects --dry-run", "gcloud deployment-manager deployments update d --config c.yaml --preview", "gcloud run services replace s.yaml --dry-run"), no=("gcloud run services replace s.yaml",)),
    # gcloud: access.
    Rule(GCLOUD, "... add-iam-policy-binding --member=allUsers|allAuthenticatedUsers", "dangerous", "privilege", "lets everybody in", yes=("gcloud run services add-iam-policy-binding api --member=allUsers --role=roles/run.invoker",), no=("gcloud run services add-iam-policy-binding api --member=user:bob@example.com --role=roles/run.invoker",)),
    Rule(GCLOUD, "... add-iam-policy-binding --role=*[Oo]wner|*/editor|*[Aa]dmin*|*securityReviewer|*[Tt]okenCreator|*[Ss]erviceAccountUser", "dangerous", "privilege", "gives wide access", id="gcloud-add-wide-role",
         yes=("gcloud projects add-iam-policy-binding prod --member=user:eve@example.org --role=roles/owner", "gcloud projects add-iam-policy-binding prod --member user:bob@example.com --role roles/iam.serviceAccountAdmin"),
         no=("gcloud projects add-iam-policy-binding prod --member=user:bob@example.com --role=roles/viewer",)),
    Rule(GCLOUD, "... set-iam-policy|remove-iam-policy-binding", "dangerous", "credentials", "takes access away, or replaces who has it",
         yes=("gcloud projects set-iam-policy prod policy.json", "gcloud projects remove-iam-policy-binding prod --member=user:bob@example.com --role=roles/owner"), no=("gcloud projects get-iam-policy prod",)),
    Rule(GCLOUD, "... keys create|upload --iam-account", "dangerous", "credentials", "makes a key that gives access", id="gcloud-keys-create", yes=("gcloud iam service-accounts keys create key.json --iam-account=ci@p.iam.gserviceaccount.com",), no=("gcloud iam service-accounts keys list --iam-account=ci@p.iam.gserviceaccount.com",)),
    Rule(GCLOUD, "... add-metadata --metadata|--metadata-from-file=*ssh-keys*|*sshKeys*", "dangerous", "credentials", "adds login keys", yes=("gcloud compute project-info add-metadata --metadata-from-file ssh-keys=k.pub",), no=("gcloud compute instances add-metadata web-1 --metadata=role=web",)),
    Rule(GCLOUD, "... compute os-login ssh-keys add|update", "dangerous", "credentials", "adds login keys", yes=("gcloud compute os-login ssh-keys add --key-file k.pub",), no=("gcloud compute os-login ssh-keys list",)),
    Rule(GCLOUD, "... set-password|reset-windows-password|reset-ssl-config", "dangerous", "credentials", "changes a password", yes=("gcloud sql users set-password root --instance db --password x",), no=("gcloud sql users list --instance db",)),
    Rule(GCLOUD, "... compute firewall-rules create|update --source-ranges=*0.0.0.0/0*|*::/0*", "dangerous", "network", "opens a port to everybody", yes=("gcloud compute firewall-rules create ssh --allow tcp:22 --source-ranges 0.0.0.0/0",), no=("gcloud compute firewall-rules create ssh --allow tcp:22 --source-ranges 10.0.0.0/8",)),
    Rule(GCLOUD, "... compute firewall-rules create --allow|--rules !--source-ranges !--source-tags !--source-service-accounts !--direction=EGRESS|OUT", "dangerous", "network", "opens a port to everybody, as no source is named", id="gcloud-firewall-any", yes=("gcloud compute firewall-rules create ssh --allow tcp:22",), no=("gcloud compute firewall-rules create ssh --allow tcp:22 --source-ranges 10.0.0.0/8",)),
    Rule(GCLOUD, "... compute firewall-rules update --disabled", "dangerous", "network", "switches a rule of the firewall off", yes=("gcloud compute firewall-rules update ssh --disabled",), no=("gcloud compute firewall-rules update ssh --no-disabled",)),
    Rule(GCLOUD, "auth print-*", "caution", "credentials", "prints credentials", yes=("gcloud auth print-access-token",), no=("gcloud auth list",)),
    Rule(GCLOUD, "auth application-default print-access-token", "caution", "credentials", "prints credentials", id="gcloud-print-default-token", yes=("gcloud auth application-default print-access-token",), no=("gcloud auth list",)),
    Rule(GCLOUD, "... secrets versions access", "caution", "credentials", "prints a secret", yes=("gcloud secrets versions access latest --secret=db",), no=("gcloud secrets versions list db",)),
    Rule(GCLOUD, "... kms decrypt|asymmetric-decrypt", "caution", "credentials", "decrypts a secret", yes=("gcloud kms decrypt --key k --keyring r --location l --ciphertext-file c --plaintext-file -",), no=("gcloud kms keys list",)),
    # gcloud: the client's own affairs.
    Rule(GCLOUD, "config get|get-value|list", "safe", "read_only", "only reads the client's configuration", yes=("gcloud config get-value project", "gcloud config list"), no=("gcloud config set project prod",)),
    Rule(GCLOUD, "config configurations list|describe", "safe", "read_only", "only reads the client's configuration", yes=("gcloud config configurations list",), no=("gcloud config configurations activate prod",)),
    Rule(GCLOUD, "auth|components list", "safe", "read_only", "only reads the client's configuration", yes=("gcloud auth list",), no=("gcloud auth revoke bob",)),
    Rule(GCLOUD, "config|auth|components|init", "caution", "config_change", "changes the client's own settings", yes=("gcloud config set project prod", "gcloud auth login", "gcloud auth revoke --all", "gcloud components update"), no=("gcloud auth list",)),
    Rule(GCLOUD, "... get-credentials", "caution", "local_scratch", "changes which cluster later commands go to", yes=("gcloud container clusters get-credentials prod --zone europe-west1-b",), no=("gcloud container clusters list",)),
    # gcloud: destroying and stopping.
    Rule(GCLOUD, "... projects|organizations|folders delete", "dangerous", "cluster_scope", "deletes a project with everything in it", yes=("gcloud projects delete old-sandbox",), no=("gcloud projects describe my-prod-project",)),
    Rule(GCLOUD, "... resize --size|--num-nodes|--target-size=0", "dangerous", "availability", "scales to zero", yes=("gcloud container clusters resize prod --num-nodes 0 --zone z", "gcloud compute instance-groups managed resize web --size=0"), no=("gcloud container clusters resize prod --num-nodes 5", "gcloud compute disks resize d --size=200")),
    Rule(GCLOUD, "... sql instances patch --activation-policy=NEVER|never", "dangerous", "availability", "stops a database and leaves it stopped", yes=("gcloud sql instances patch db --activation-policy=NEVER",), no=("gcloud sql instances patch db --activation-policy=ALWAYS",)),
    Rule(GCLOUD, "... sql backups restore", "dangerous", "data_destruction", "puts a backup over the live database", yes=("gcloud sql backups restore 17 --restore-instance=db",), no=("gcloud sql backups list --instance=db",)),
    Rule(GCLOUD, "... sql instances restore-backup|failover|promote-replica|switchover", "dangerous", "availability", "makes another instance the primary, or puts a backup over it", yes=("gcloud sql instances failover db", "gcloud sql instances promote-replica db-r"), no=("gcloud sql instances restart db",)),
    Rule(GCLOUD, "... redis|filestore|firestore|datastore|alloydb|memcache|bigtable|spanner ... failover|restore|revert|promote|switchover", "dangerous", "data_destruction", "fails over, or puts an old state over the live one", yes=("gcloud redis instances failover cache --region=r", "gcloud filestore instances restore nfs --source-backup b"), no=("gcloud redis instances describe cache",)),
    Rule(GCLOUD, "... redis instances import", "dangerous", "data_destruction", "puts a file over the live data", yes=("gcloud redis instances import gs://b/dump.rdb cache --region=r",), no=("gcloud redis instances export gs://b/dump.rdb cache --region=r",)),
    Rule(GCLOUD, "... pubsub subscriptions|snapshots seek", "dangerous", "data_destruction", "skips messages or delivers them again", yes=("gcloud pubsub subscriptions seek orders --time=2024-01-01T00:00:00Z",), no=("gcloud pubsub subscriptions list",)),
    Rule(GCLOUD, "... dns record-sets transaction execute", "dangerous", "network", "changes where names lead", yes=("gcloud dns record-sets transaction execute --zone z",), no=("gcloud dns record-sets transaction describe --zone z",)),
    Rule(GCLOUD, "... dns record-sets transaction", "caution", "local_scratch", "collects changes in a file; nothing happens before execute", yes=("gcloud dns record-sets transaction remove 1.2.3.4 --zone z --name a --ttl 60 --type A",), no=("gcloud dns record-sets transaction execute --zone z",)),
    Rule(GCLOUD, "... dns record-sets update|import", "dangerous", "network", "changes where names lead", id="gcloud-dns-update", yes=("gcloud dns record-sets update a.example.com. --rrdatas=1.2.3.4 --type=A --zone=z --ttl=60",), no=("gcloud dns record-sets list --zone=z",)),
    Rule(GCLOUD, "... storage rsync --delete-unmatched-destination-objects", "dangerous", "data_destruction", "deletes what is not at the source", dry_run="+--dry-run", yes=("gcloud storage rsync ./a gs://b --recursive --delete-unmatched-destination-objects",), no=("gcloud storage rsync ./a gs://b",)),
    Rule(GCLOUD, "... storage rm", "dangerous", "data_destruction", "deletes objects", dry_run="rm=>ls", grade="approximate", note="lists the objects", yes=("gcloud storage rm -r gs://b/logs", "gcloud storage rm gs://b/k"), no=("gcloud storage ls gs://b",)),
    Rule(GCLOUD, "... storage ls|cat|du|hash", "safe", "read_only", "only reads", yes=("gcloud storage ls gs://b", "gcloud storage cat gs://b/k"), no=("gcloud storage rm gs://b/k",)),
    Rule(GCLOUD, "... storage cp|rsync @copied-aside gs://*", "safe", "read_only", "copies objects to here", id="gcloud-storage-down", yes=("gcloud storage cp gs://b/k.log .", "gcloud storage cp gs://b/k /tmp/k"), no=("gcloud storage cp ./k gs://b/", "gcloud storage cp gs://b/app.conf .")),
    Rule(GCLOUD, "... storage cp|rsync|mv @to-power gs://*", "dangerous", "privilege", "replaces a file that says who may do what", id="gcloud-storage-power", yes=("gcloud storage cp gs://b/k /etc/passwd",), no=("gcloud storage cp gs://b/k /etc/app.conf",)),
    Rule(GCLOUD, "... storage mv --recursive|-r", "dangerous", "data_destruction", "deletes the objects it moved", yes=("gcloud storage mv gs://a gs://b --recursive",), no=("gcloud storage mv gs://a/k gs://b/k",)),
    Rule(GCLOUD, "... storage cp|rsync|mv|objects|buckets|sign-url !delete !remove-iam-policy-binding !list !describe !get-iam-policy", "caution", "config_change", "writes objects or changes a bucket", yes=("gcloud storage cp ./k gs://b/", "gcloud storage buckets update gs://b --lifecycle-file=l.json"), no=("gcloud storage ls gs://b", "gcloud storage buckets delete gs://b")),
    Rule(GCLOUD, "... remove-tags|remove-labels|remove-metadata|remove-resource-policies|remove-named-ports|cancel|cancel-*|abort", "caution", "config_change", "takes one small thing away",
         yes=("gcloud compute instances remove-labels web-1 --labels=a", "gcloud builds cancel 1234"), no=("gcloud compute instances delete web-1", "gcloud compute backend-services remove-backend web")),
    Rule(GCLOUD, "... delete|destroy|purge|remove|rm|delete-*|remove-*|wipe|erase|bulk-delete|batch-delete", "dangerous", "data_destruction", "deletes something nothing makes again",
         yes=("gcloud compute instances delete edge-3 --zone europe-north1-a --quiet", "gcloud -q compute addresses delete controller-0 controller-1", "gcloud container clusters delete prod", "gcloud sql instances delete db", "gcloud secrets versions destroy 3 --secret=db",
              "gcloud compute security-policies delete ${EDGE_NAME}-armor-policy --quiet", "gcloud tasks queues purge q", "gcloud compute backend-services remove-backend web --instance-group=g", "gcloud beta run services delete api", "gcloud compute instance-groups managed delete-instances g --instances=i"),
         no=("gcloud compute instances list --filter=status=TERMINATED", "gcloud compute instances undelete web-1")),
    Rule(GCLOUD, "... stop|suspend|reset|disable|drain|abandon-instances|stop-instances|suspend-instances|detach|detach-*|deactivate|unregister|unlink|evict|failover|deregister|unset-*|recreate-instances|simulate-maintenance-event|start-zonal-shift",
         "dangerous", "availability", "stops something or takes it out of service",
         yes=("gcloud compute instances stop web-1", "gcloud compute instances reset web-1", "gcloud app versions stop v1", "gcloud services disable compute.googleapis.com", "gcloud iam service-accounts disable ci@p.iam", "gcloud compute instances detach-disk web-1 --disk d"),
         no=("gcloud compute instances start web-1", "gcloud container clusters resize prod --num-nodes 5")),
    # gcloud: the rest.
    Rule(GCLOUD, "... compute|alpha|beta|app|cloud-shell|workstations|notebooks ssh|start-iap-tunnel|connect-to-serial-port|scp|start-tcp-tunnel", "caution", "privilege", "opens a shell or a way to a machine", yes=("gcloud compute ssh web-1 --zone z", "gcloud compute scp ./a web-1:/tmp/"), no=("gcloud compute ssh web-1 --command=uptime",)),
    Rule(GCLOUD, "... sql connect", "caution", "privilege", "opens a shell in a database", yes=("gcloud sql connect db --user=root",), no=("gcloud sql instances list",)),
    Rule(GCLOUD, "... sql import", "caution", "data_destruction", "loads a file into the live database", yes=("gcloud sql import sql db gs://b/dump.sql",), no=("gcloud sql export sql db gs://b/dump.sql",)),
    Rule(GCLOUD, "... list|describe|get|get-*|read|tail|tail-*|log|logs|show|search*|query|check*|wait|lookup|explain|diagnose|troubleshoot*|list-*|describe-*|preview|validate|lint|test-iam-permissions|analyze-*|stream|stream-logs",
         "safe", "read_only", "only reads", id="gcloud-read",
         yes=("gcloud compute instances list --filter=name:web", "gcloud logging read 'severity>=ERROR' --limit 50", "gcloud projects get-iam-policy prod", "gcloud compute backend-services get-health web", "gcloud builds log 1234", "gcloud sql operations wait 17", "gcloud beta run services describe api"),
         no=("gcloud run deploy api --image i", "gcloud compute instances delete web-1")),
    Rule(GCLOUD, "*", "caution", "config_change", "changes something of the project", id="gcloud-other",
         yes=("gcloud run deploy api --image i", "gcloud run services update-traffic api --to-revisions=r=100", "gcloud compute disks resize '{diskName}' --size='{diskSize}' --zone='{zone}'", "gcloud sql instances restart db", "gcloud functions call f", "gcloud $X $Y", "gcloud compute project-info add-metadata --metadata=a=b"),
         no=("gcloud run services list",)),

    # gsutil, bq
    Rule("gsutil", "rsync -n", "safe", "dry_run", "only says what it would copy or delete", yes=("gsutil rsync -n -d -r ./public gs://www-prod", "gsutil -m rsync -dnr ./public gs://www-prod"), no=("gsutil rsync -d -r ./public gs://www-green",)),
    Rule("gsutil", "rsync -d", "dangerous", "data_destruction", "deletes what is not at the source", dry_run="-d=>-dn -rd=>-rdn -dr=>-drn", yes=("gsutil rsync -d -r ./public gs://www-green", "gsutil -m rsync -rd a gs://b"), no=("gsutil rsync -r ./public gs://www-prod",)),
    Rule("gsutil", "rm|rb", "dangerous", "data_destruction", "deletes objects or a bucket", dry_run="instead gsutil ls -l {operands}", grade="approximate", note="lists what is there",
         yes=("gsutil -m rm -r gs://cold-copies/**", "gsutil rb gs://b"), no=("gsutil ls gs://prod-backups",)),
    Rule("gsutil", "mv @bulk", "dangerous", "data_destruction", "deletes the objects it moved", yes=("gsutil -m mv gs://a/* gs://b/",), no=("gsutil mv gs://a/k gs://b/k",)),
    Rule("gsutil", "acl|defacl|iam ch|set ~*AllUsers*|*allUsers*|*allAuthenticatedUsers*|*AllAuth*|public-read*", "dangerous", "privilege", "lets everybody in", yes=("gsutil defacl set public-read gs://b", "gsutil iam ch allUsers:objectViewer gs://b"), no=("gsutil iam ch user:bob@example.com:objectViewer gs://b",)),
    Rule("gsutil", "acl|defacl ch -u=*AllUsers*|*AllAuth*", "dangerous", "privilege", "lets everybody in", id="gsutil-acl-everybody", yes=("gsutil acl ch -u AllUsers:R gs://b/k",), no=("gsutil acl ch -u bob@example.com:R gs://b/k",)),
    Rule("gsutil", "iam ch -d", "dangerous", "credentials", "takes access away", yes=("gsutil iam ch -d user:bob@example.com gs://b",), no=("gsutil iam get gs://b",)),
    Rule("gsutil", "versioning|logging set off", "dangerous", "data_destruction", "keeps no old versions any more", yes=("gsutil versioning set off gs://b",), no=("gsutil versioning set on gs://b",)),
    Rule("gsutil", "signurl", "caution", "credentials", "prints a link that gives access", yes=("gsutil signurl -d 10m k.json gs://b/k",), no=("gsutil ls gs://b",)),
    Rule("gsutil", "ls|du|stat|cat|hash|version|help|perfdiag", "safe", "read_only", "only reads", yes=("gsutil ls -l gs://b", "gsutil cat gs://b/k"), no=("gsutil rm gs://b/k",)),
    Rule("gsutil", "acl|defacl|iam|lifecycle|versioning|logging|web|cors|label|notification|kms|retention|ubla|bucketpolicyonly|requesterpays|pap get|list", "safe", "read_only", "only reads", id="gsutil-get", yes=("gsutil lifecycle get gs://b", "gsutil iam get gs://b"), no=("gsutil lifecycle set l.json gs://b",)),
    Rule("gsutil", "cp|rsync @copied-aside gs://*", "safe", "read_only", "copies objects to here", id="gsutil-down", yes=("gsutil cp gs://b/k /tmp/", "gsutil -m rsync -r gs://b/logs ./logs"), no=("gsutil cp ./k gs://b/", "gsutil cp gs://b/app.conf .")),
    Rule("gsutil", "cp|rsync|mv @to-power gs://*", "dangerous", "privilege", "replaces a file that says who may do what", id="gsutil-power", yes=("gsutil cp gs://b/k /etc/passwd",), no=("gsutil cp gs://b/k /etc/app.conf",)),
    Rule("gsutil", "cp|rsync gs://* !gs://*", "caution", "config_change", "copies objects over what is here", id="gsutil-down-over", yes=("gsutil cp gs://b/app.conf /etc/app.conf", "gsutil cp gs://b/app.conf ."), no=("gsutil cp gs://b/k /tmp/",)),
    Rule("gsutil", "", "caution", "config_change", "writes objects or changes a bucket", id="gsutil-other", yes=("gsutil cp ./k gs://b/", "gsutil lifecycle set l.json gs://b", "gsutil mb gs://b"), no=("gsutil ls gs://b",)),
    Rule("bq", "query --dry_run|--dry_run=|true", "safe", "dry_run", "only checks the query", yes=("bq query --dry_run 'DELETE FROM d.t WHERE true'",), no=("bq ls",)),
    Rule("bq", "rm|truncate", "dangerous", "data_destruction", "deletes tables or datasets", dry_run="instead bq show {operands}", grade="approximate", note="shows what would go", yes=("bq rm -r -f -d proj:ds", "bq rm -f ds.t"), no=("bq ls ds",)),
    Rule("bq", "load|query --replace", "dangerous", "data_destruction", "puts other rows in place of a table's", yes=("bq load --replace ds.t gs://b/f.csv",), no=("bq load ds.t gs://b/f.csv",)),
    Rule("bq", "cp -f|--force", "dangerous", "data_destruction", "puts a table over another", yes=("bq cp -f ds.a ds.b",), no=("bq cp ds.a ds.b",)),
    Rule("bq", "update --expiration|--default_table_expiration", "dangerous", "data_destruction", "lets tables expire", yes=("bq update --expiration 3600 ds.t",), no=("bq update --description x ds.t",)),
    Rule("bq", "ls|show|head|version|help|wait|info|get-iam-policy", "safe", "read_only", "only reads", yes=("bq ls ds", "bq show --schema ds.t", "bq --format=json head -n 5 ds.t"), no=("bq rm ds.t",)),
    Rule("bq", "", "caution", "config_change", "changes tables or runs a job", id="bq-other", yes=("bq mk ds", "bq extract ds.t gs://b/f.csv", "bq insert ds.t f.json"), no=("bq ls ds",)),

    # az: what is only tried.
    Rule("az", "help|version|find|feedback|survey", "safe", "mention", "only prints help or facts about the client", yes=("az version",), no=("az vm list",)),
    Rule("az", "deployment|stack|bicep ... what-if|validate", "safe", "dry_run", "only says what it would do", yes=("az deployment group what-if -g prod --template-file t.bicep", "az deployment sub validate --location l --template-file t.bicep"), no=("az deployment group create -g prod --template-file t.bicep",)),
    Rule("az", "... --what-if|--dry-run|--dryrun", "safe", "dry_run", "only says what it would do", yes=("az deployment group create -g prod --template-file t.bicep --what-if", "az storage blob delete-batch -s c --dryrun"), no=("az deployment group create -g prod --template-file t.bicep", "az group delete -n prod --no-wait")),
    # az: secrets.
    Rule("az", "keyvault secret|key|certificate show|download|backup", "caution", "credentials", "prints or copies a secret", yes=("az keyvault secret show --vault-name v --name db",), no=("az keyvault secret list --vault-name v",)),
    Rule("az", "... list-keys|keys|list-connection-strings|show-connection-string|get-access-token|list-credentials|list-publishing-credentials|list-publishing-profiles|generate-sas|connection-string|get-user-credentials|listkeys|list-secrets !renew !regenerate !delete !revoke", "caution", "credentials", "prints credentials",
         yes=("az storage account keys list -g prod -n s", "az account get-access-token", "az storage blob generate-sas -n k -c c", "az cosmosdb keys list -g prod -n c"), no=("az storage account keys renew -g prod -n s --key primary", "az vm list")),
    Rule("az", "acr credential show", "caution", "credentials", "prints credentials", yes=("az acr credential show -n r",), no=("az acr credential renew -n r --password-name password",)),
    # az: access.
    Rule("az", "role assignment create --role=Owner|Contributor|owner|contributor|*Administrator*|*Admin|8e3af657-*|b24988ac-*", "dangerous", "privilege", "gives wide access",
         yes=("az role assignment create --assignee eve@example.org --role Owner --scope /subscriptions/111", "az role assignment create --role 'User Access Administrator' --assignee x"), no=("az role assignment create --assignee bob@example.com --role Reader --scope /subscriptions/000",)),
    Rule("az", "ad sp create-for-rbac", "dangerous", "credentials", "makes an account with a password", yes=("az ad sp create-for-rbac -n ci --role Contributor --scopes /subscriptions/000",), no=("az ad sp list",)),
    Rule("az", "... credential reset|renew|delete|add", "dangerous", "credentials", "replaces credentials", yes=("az ad sp credential reset --id x", "az acr credential renew -n r --password-name password", "az ad app credential delete --id x --key-id k"), no=("az ad sp credential list --id x",)),
    Rule("az", "... renew|regenerate|regenerate-key|regenerate-keys|renew-key|reset-credentials|rotate|rotate-certs|update-credentials|reset-ssh|reset-service-principal-profile", "dangerous", "credentials", "replaces keys that something may still use",
         yes=("az storage account keys renew -g prod -n s --key primary", "az redis regenerate-keys -g prod -n r --key-type Primary", "az aks rotate-certs -g prod -n k"), no=("az storage account keys list -g prod -n s",)),
    Rule("az", "vm user update|delete|reset-ssh", "dangerous", "credentials", "changes who can log in", yes=("az vm user update -g prod -n web-1 -u bob -p x",), no=("az vm show -g prod -n web-1",)),
    Rule("az", "network nsg rule create|update --source-address-prefixes|--source-address-prefix=[*]|Internet|Any|0.0.0.0/0|::/0 !--access=Deny", "dangerous", "network", "opens a port to everybody", yes=("az network nsg rule create -g prod --nsg-name n -n ssh --priority 100 --source-address-prefixes '*' --destination-port-ranges 22 --access Allow",), no=("az network nsg rule create -g prod --nsg-name n -n ssh --priority 100 --source-address-prefixes 10.0.0.0/8 --destination-port-ranges 22",)),
    Rule("az", "... firewall-rule create|update --end-ip-address=255.255.255.255", "dangerous", "network", "opens a database to everybody", yes=("az sql server firewall-rule create -g prod -s db -n all --start-ip-address 0.0.0.0 --end-ip-address 255.255.255.255",), no=("az sql server firewall-rule create -g prod -s db -n me --start-ip-address 1.2.3.4 --end-ip-address 1.2.3.4",)),
    Rule("az", "vm open-port --port=[*]|22|3389|0-65535", "dangerous", "network", "opens a port to everybody", yes=("az vm open-port -g prod -n web-1 --port 22",), no=("az vm show -g prod -n web-1",)),
    Rule("az", "... update|create|set-permission --default-action=Allow", "dangerous", "network", "opens it to every network", yes=("az storage account update -n s --default-action Allow", "az keyvault update -n v --default-action Allow"), no=("az storage account update -n s --default-action Deny",)),
    Rule("az", "storage ... update|set-permission|create --public-access|--allow-blob-public-access=blob|container|true", "dangerous", "privilege", "lets everybody read", yes=("az storage container set-permission -n c --public-access blob", "az storage account update -n s --allow-blob-public-access true"), no=("az storage container set-permission -n c --public-access off",)),
    # az: to zero, off, elsewhere.
    Rule("az", "... scale|update --node-count|--new-capacity|--replicas|--max-replicas|--min-count-max|--number-of-workers=0", "dangerous", "availability", "scales to zero", yes=("az aks scale -g prod -n k --node-count 0", "az vmss scale -g prod -n web --new-capacity 0", "az aks nodepool scale -g prod --cluster-name k -n np --node-count 0"), no=("az aks scale -g prod -n k --node-count 5",)),
    Rule("az", "... update --endpoint-status|--enabled|--enabled-state|--state=Disabled|false|disabled|False", "dangerous", "availability", "switches it off", yes=("az network traffic-manager endpoint update -g prod --profile-name p -n e --type azureEndpoints --endpoint-status Disabled", "az afd endpoint update -g prod --profile-name p --endpoint-name e --enabled-state Disabled"), no=("az network traffic-manager endpoint update -g prod --profile-name p -n e --type azureEndpoints --endpoint-status Enabled",)),
    Rule("az", "... set-primary|failover-priority-change|failover|offline|initiate-failover|switchover|promote", "dangerous", "availability", "makes another one the primary", yes=("az sql failover-group set-primary -g prod -s db -n fg", "az cosmosdb failover-priority-change -g prod -n c --failover-policies r=0", "az storage account failover -n s"), no=("az sql failover-group show -g prod -s db -n fg",)),
    Rule("az", "redis flush|force-reboot|import", "dangerous", "data_destruction", "throws what the cache holds away", yes=("az redis flush -g prod -n r", "az redis force-reboot -g prod -n r --reboot-type AllNodes"), no=("az redis show -g prod -n r",)),
    Rule("az", "... vm|vmss|vms restart|redeploy|reimage|simulate-eviction|restart-instances", "dangerous", "availability", "reboots machines", id="az-vm-restart", yes=("az vm restart -g prod -n web-1", "az vmss reimage -g prod -n web", "az vm redeploy -g prod -n web-1"), no=("az webapp restart -g store -n books",)),
    Rule("az", "deployment ... create --mode=Complete|complete", "dangerous", "cluster_scope", "deletes what the template does not name", dry_run="+--what-if", yes=("az deployment group create -g prod --template-file t.json --mode Complete",), no=("az deployment group create -g prod --template-file t.json",)),
    Rule("az", "storage ... sync|copy --delete-destination=true|True", "dangerous", "data_destruction", "deletes what is not at the source", yes=("az storage blob sync -c c -s ./a --delete-destination true",), no=("az storage blob sync -c c -s ./a --delete-destination false",)),
    Rule("az", "backup ... --delete-backup-data=true|True", "dangerous", "data_destruction", "deletes backups", yes=("az backup protection disable --delete-backup-data true --yes",), no=("az backup job list",)),
    Rule("az", "rest --method|-m=delete|DELETE", "dangerous", "data_destruction", "deletes something by its address", yes=("az rest --method delete --url https://management.azure.com/x",), no=("az rest --method get --url https://management.azure.com/x",)),
    Rule("az", "rest --method|-m=put|PUT|post|POST|patch|PATCH", "caution", "config_change", "changes something by its address", id="az-rest-change", yes=("az rest --method post --url https://management.azure.com/x",), no=("az rest --method get --url https://management.azure.com/x",)),
    Rule("az", "rest", "safe", "read_only", "only reads", id="az-rest-read", yes=("az rest --method get --url https://management.azure.com/x", "az rest -u https://management.azure.com/x"), no=("az rest --method delete --url x",)),
    # az: the client's own affairs.
    Rule("az", "account|config|cloud|extension|cache list|show|get|list-available|list-locations", "safe", "read_only", "only reads the client's configuration", yes=("az account show", "az account list -o table", "az extension list"), no=("az account set -s prod",)),
    Rule("az", "account set|clear", "caution", "local_scratch", "changes which subscription later commands go to", yes=("az account set --subscription prod",), no=("az account show",)),
    Rule("az", "login|logout|configure|config|cloud|extension|upgrade|interactive|cache|init|ssh|aks-preview", "caution", "config_change", "changes the client's own settings", yes=("az login --identity", "az extension remove -n aks-preview"), no=("az account show",)),
    Rule("az", "aks get-credentials|install-cli", "caution", "local_scratch", "changes which cluster later commands go to", yes=("az aks get-credentials -g prod -n k --overwrite-existing",), no=("az aks list",)),
    Rule("az", "bicep|feature|provider build|decompile|lint|format|register|install|upgrade", "caution", "config_change", "changes the client's files, or registers a feature", id="az-register", yes=("az provider register -n Microsoft.Compute", "az bicep build -f t.bicep"), no=("az provider list",)),
    # az: destroying and stopping.
    Rule("az", "group delete", "dangerous", "cluster_scope", "deletes a resource group with everything in it", dry_run="group=>resource delete=>list --name=>--resource-group -n=>-g --yes=> -y=> --no-wait=>", grade="approximate", note="lists what is in the group",
         yes=("az group delete --name ${OLD_GROUP} --yes", "az group delete --resource-group $TEST_GROUP --no-wait --yes", "az group delete -n prod -y"), no=("az group show --name store",)),
    Rule("az", "... tag|tags delete|remove|remove-all", "caution", "config_change", "takes a tag away", yes=("az tag delete --resource-id x",), no=("az group delete -n prod",)),
    Rule("az", "... abort|cancel|untag|unmanage|release", "caution", "config_change", "gives up something that runs", yes=("az deployment group cancel -g prod -n d", "az acr repository untag -n r --image a:1"), no=("az group delete -n prod",)),
    Rule("az", "... delete|purge|remove|delete-*|remove-*|rm|destroy|wipe|revoke|revoke-*|detach|detach-*|unregister|disconnect|clear|erase|truncate|stop-and-delete|disassociate|batch-delete|purge-*|hard-delete", "dangerous", "data_destruction", "deletes something nothing makes again",
         yes=("az vm delete -g prod -n web-1 --yes", "az keyvault purge --name store-kv", "az storage container delete --name $OLD_CONTAINER --account-name $STORE_NAME", "az ad sp delete --id ${CLIENT_ID}", "az storage blob delete-batch -s c --pattern '*'",
              "az network dns record-set a remove-record -g prod -z example.com -n www -a 1.2.3.4", "az role assignment delete --assignee bob", "az vm disk detach -g prod --vm-name web-1 -n d", "az keyvault secret purge --vault-name v -n db", "az lock delete -n l -g prod"),
         no=("az keyvault list-deleted", "az monitor activity-log list", "az vm list -g books -o table")),
    Rule("az", "... deallocate|stop|disable|disable-*|suspend|pause|drain|power-off|poweroff|deactivate|evict|reset|generalize", "dangerous", "availability", "stops something and leaves it stopped",
         yes=("az vm deallocate -g store -n edge-3", "az aks stop -g prod -n k", "az webapp stop -g prod -n shop", "az postgres flexible-server stop -g prod -n db", "az containerapp revision deactivate --revision r -g prod", "az aks disable-addons -a monitoring -g prod -n k"),
         no=("az webapp start -g prod -n shop", "az webapp restart -g store -n books")),
    Rule("az", "backup restore", "caution", "config_change", "restores beside what there is", yes=("az backup restore restore-disks -g prod",), no=("az backup job list",)),
    Rule("az", "sql|postgres|mysql|mariadb|cosmosdb ... restore", "caution", "config_change", "restores into a new database", yes=("az sql db restore --dest-name copy -g prod -s db -n shop --time 2024-01-01T00:00:00Z",), no=("az sql db show -g prod -s db -n shop",)),
    Rule("az", "... restore", "dangerous", "data_destruction", "puts an old state back", yes=("az webapp config backup restore -g prod --webapp-name shop --backup-name b", "az snapshot restore -g prod"), no=("az sql db restore --dest-name copy -g prod -s db -n shop --time 2024-01-01T00:00:00Z", "az backup restore restore-disks -g prod")),
    Rule("az", "... reset|rebuild|reprovision", "dangerous", "availability", "makes something again from nothing", id="az-rebuild", yes=("az vm rebuild -g prod -n x",), no=("az vm show -g prod -n x",)),
    # az: the rest.
    Rule("az", "... run-command|command invoke|create", "caution", "opaque", "runs commands on a machine", yes=("az vm run-command invoke -g prod -n web-1 --command-id Fix",), no=("az vm list",)),
    Rule("az", "... storage|artifacts|pipelines|webapp|functionapp|repos|acr|cosmosdb ... download|download-batch|generate-report -f|--file|-d|--destination|--dest|--path|--destination-path|--log-file=*/authorized_keys|/etc/passwd|/etc/shadow|/etc/sudoers*", "dangerous", "privilege", "replaces a file that says who may do what", id="az-download-power", yes=("az storage blob download -c c -n k -f /etc/passwd",), no=("az storage blob download -c c -n k -f /tmp/k",)),
    Rule("az", "... download|download-batch|export @kept-aside", "safe", "read_only", "copies something to here", id="az-download", yes=("az storage blob download -c c -n k -f /tmp/k", "az storage blob download -c c -n app.log -f ./app.log", "az storage blob download -c c -n k"), no=("az storage blob download -c c -n k -f /etc/app.conf",)),
    Rule("az", "... download|download-batch|export", "caution", "config_change", "copies something over what is here", id="az-download-over", yes=("az storage blob download -c c -n k -f /etc/app.conf", "az storage file download -s s -p app.conf --dest /etc/", "az storage blob download-batch -s c -d /srv/site"), no=("az storage blob download -c c -n k -f /tmp/k",)),
    Rule("az", "... list|show|list-*|show-*|get|get-*|check-*|exists|wait|query|download|tail|read|log|logs|describe|browse|download-batch|test-*|monitor|diagnose*|summarize|count|view|validate|export|help|search|peek|ping",
         "safe", "read_only", "only reads", id="az-read",
         yes=("az vm list -g books -o table", "az group show --name store", "az aks check-acr -g prod -n k --acr r", "az monitor metrics list --resource r --metric m", "az webapp log tail -g prod -n shop", "az network nic show-effective-route-table -g prod -n nic", "az monitor log-analytics query -w w --analytics-query 'AppRequests | take 5'"),
         no=("az vm start -g prod -n web-1",)),
    Rule("az", "*", "caution", "config_change", "changes something of the subscription", id="az-other",
         yes=("az webapp restart -g store -n books", "az aks nodepool update -n np -g prod --cluster-name k --max-surge 33%", "az vm start -g prod -n web-1", "az deployment group create -g prod --template-file t.json", "az keyvault secret set --vault-name v -n db --value x", "az $X $Y", "az webapp deployment slot swap -g prod -n shop --slot staging"),
         no=("az vm list",)),

    # Smaller clouds. What no row knows is judged by its verb.
    Rule(STACKS, "... --dry-run|--dry-run=|true|client", "safe", "dry_run", "only says what it would do", yes=("ibmcloud ks cluster rm --dry-run",), no=("ibmcloud ks cluster rm -c prod",)),
    Rule(STACKS, "... help $", "safe", "mention", "only prints help", yes=("doctl compute droplet delete help",), no=("doctl compute droplet delete web-1",)),
    Rule(STACKS, "... reboot|power-off|power-cycle|poweroff|power_off|powercycle|softreboot|soft-reboot|hard-reboot|reset|shutdown|softreset|server-reboot|action-reboot", "dangerous", "availability", "powers machines off, or reboots them",
         yes=("hcloud server reboot web-1", "doctl compute droplet-action power-off 123", "openstack server reboot --hard web-1", "hcloud server poweroff web-1", "linode-cli linodes reboot 123", "scw instance server reboot 1234"), no=("hcloud server poweron web-1",)),
    Rule(STACKS, "... rebuild|reinstall|rescue|restore|revert|rollback-volume|root-disk-rebuild|enable-rescue", "dangerous", "data_destruction", "puts another state over a machine's disk",
         yes=("hcloud server rebuild --image debian-12 web-1", "openstack server rebuild --image i web-1", "doctl compute droplet-action restore 123 --image-id 1"), no=("hcloud server list",)),
    Rule(STACKS, "... delete|rm|remove|remove-*|destroy|terminate|purge|detach|unassign|unset|delete-*|bulk-delete|server-delete|volume-delete|release|release-*|disassociate|deregister|stop|suspend|pause|shelve|evacuate|disable|drain|lock-out|force-delete|recycle|revoke", "dangerous", "data_destruction",
         "deletes or stops a part of the infrastructure",
         yes=("doctl kubernetes cluster delete prod --force", "doctl compute droplet delete web-1 -f", "openstack server delete web-1", "hcloud volume delete data", "scw instance server terminate 1234", "linode-cli linodes rm 123", "openstack server stop web-1", "oci compute instance terminate --instance-id o --force", "nova delete web-1", "openstack volume delete data", "openstack server evacuate web-1"),
         no=("openstack server list", "hcloud server create --name x")),
    Rule("oci", "compute instance action --action=STOP|SOFTSTOP|RESET|SOFTRESET|stop", "dangerous", "availability", "powers machines off, or reboots them", yes=("oci compute instance action --action STOP --instance-id o",), no=("oci compute instance action --action START --instance-id o",)),
    Rule("openstack", "server set|unset|ssh|console|resize|migrate|start|unpause|resume|unshelve|lock|unlock|add|create", "caution", "config_change", "changes a machine", yes=("openstack server start web-1", "openstack server ssh web-1"), no=("openstack server show web-1",)),
    Rule("openstack|nova|cinder|neutron|glance|keystone", "... list|show|*-list|*-show|log|events|usage|limits|catalog", "safe", "read_only", "only reads", yes=("openstack server list --all-projects", "openstack console log show web-1", "openstack catalog list", "nova list"), no=("openstack server delete list",)),
    Rule("openstack", "token issue", "caution", "credentials", "prints credentials", yes=("openstack token issue",), no=("openstack server list",)),
    Rule("openstack", "role add", "caution", "privilege", "gives somebody a role", yes=("openstack role add --user bob --project p member",), no=("openstack role list",)),
    Rule(STACKS, "... get-credentials|kubeconfig|config|login|auth|init|target|switch-context", "caution", "local_scratch", "changes the client's own settings or context", yes=("doctl kubernetes cluster kubeconfig save prod", "ibmcloud login --sso", "doctl auth init", "ibmcloud ks cluster config --cluster prod"), no=("doctl account get",)),
    Rule(STACKS, "... ssh|console|shell|exec", "caution", "privilege", "opens a shell on a machine", yes=("hcloud server ssh web-1", "doctl compute ssh web-1"), no=("hcloud server list",)),
    Rule("oci|ibmcloud|aliyun|tccli|yc", "... list|get|Describe*|List*|Get*|describe|ls|clusters|cluster-get|workers|worker-pools|plugins|resource-groups|regions|zones|services|subnets|vpcs|instances|lbs|versions", "safe", "read_only", "only reads", id="cloud-list",
         yes=("oci compute instance list -c ocid", "ibmcloud ks clusters", "aliyun ecs DescribeInstances", "ibmcloud ks workers --cluster prod"), no=("aliyun ecs DeleteInstance --InstanceId i",)),

    # Object stores.
    Rule("s3cmd|s5cmd", "... -n|--dry-run", "safe", "dry_run", "only says what it would do", yes=("s3cmd sync --delete-removed -n ./a s3://b/", "s5cmd --dry-run rm s3://b/*"), no=("s3cmd sync --delete-removed ./a s3://b/",)),
    Rule("s3cmd|s5cmd", "sync --delete-removed|--delete", "dangerous", "data_destruction", "deletes what is not at the source", dry_run="+--dry-run", yes=("s3cmd sync --delete-removed ./a s3://b/",), no=("s3cmd sync ./a s3://b/",)),
    Rule("s3cmd|s5cmd", "del|rm|rb|expire|delete", "dangerous", "data_destruction", "deletes objects or a bucket", dry_run="del=>ls rm=>ls rb=>ls delete=>ls --force=> -f=>", grade="approximate", note="lists what is there", yes=("s3cmd del --recursive s3://b/logs/", "s3cmd rb s3://b", "s5cmd rm s3://b/*"), no=("s3cmd ls s3://b",)),
    Rule("s3cmd", "setacl --acl-public", "dangerous", "privilege", "lets everybody read", yes=("s3cmd setacl --acl-public s3://b/k",), no=("s3cmd setacl --acl-private s3://b/k",)),
    Rule("s3cmd|s5cmd", "get|cp|sync @to-power s3://*", "dangerous", "privilege", "replaces a file that says who may do what", id="s3cmd-get-power", yes=("s3cmd get s3://b/k /etc/passwd",), no=("s3cmd get s3://b/k /etc/app.conf",)),
    Rule("s3cmd|s5cmd", "get !@copied-aside * *", "caution", "config_change", "copies an object over what is here", id="s3cmd-get-over", yes=("s3cmd get s3://b/k /etc/app.conf",), no=("s3cmd get s3://b/k /tmp/k",)),
    Rule("s3cmd|s5cmd", "ls|la|du|info|cat|head|get|version|multipart|listmp|select", "safe", "read_only", "only reads", yes=("s3cmd ls s3://b", "s3cmd get s3://b/k", "s5cmd du s3://b/*"), no=("s3cmd put k s3://b/",)),
    Rule("s3cmd|s5cmd", "", "caution", "config_change", "writes objects or changes a bucket", id="s3cmd-other", yes=("s3cmd put k s3://b/", "s3cmd mb s3://b"), no=("s3cmd ls",)),
    Rule("mc|minio-client|azcopy", "... --dry-run|--fake", "safe", "dry_run", "only says what it would do", yes=("mc mirror --remove --fake a b", "azcopy sync a b --delete-destination=true --dry-run", "mc rm --recursive --dry-run a/b"), no=("mc mirror --remove a b",)),
    Rule("mc|minio-client", "mirror --remove", "dangerous", "data_destruction", "deletes what is not at the source", dry_run="+--dry-run", yes=("mc mirror --remove ./a play/b",), no=("mc mirror ./a play/b",)),
    Rule("mc|minio-client", "rm|rb|undo", "dangerous", "data_destruction", "deletes objects or a bucket", yes=("mc rm --recursive --force play/b", "mc rb --force play/b"), no=("mc ls play/b",)),
    Rule("mc|minio-client", "admin|ilm|anonymous|policy|alias|replicate|event|version|retention|legalhold|batch|idp|license|quota|tag|encrypt ... remove|rm|delete|disable|stop|suspend|clear|detach|unset|decommission|purge", "dangerous", "data_destruction", "takes something of the object store away",
         yes=("mc admin user remove play bob", "mc admin service stop play", "mc version suspend play/b", "mc admin decommission start play http://d"), no=("mc admin info play",), id="mc-group-remove"),
    Rule("mc|minio-client", "anonymous|policy set public|download|upload", "dangerous", "privilege", "lets everybody in", yes=("mc anonymous set public play/b",), no=("mc anonymous get play/b",)),
    Rule("mc|minio-client", "get|cp|mirror|mv @to-power", "dangerous", "privilege", "replaces a file that says who may do what", id="mc-get-power", yes=("mc get play/b/k /etc/passwd", "mc cp play/b/k /etc/passwd"), no=("mc get play/b/k /etc/app.conf",)),
    Rule("mc|minio-client", "get * !@copied-aside", "caution", "config_change", "copies an object over what is here", id="mc-get-over", yes=("mc get play/b/k /etc/app.conf", "mc get play/b/k"), no=("mc get play/b/k /tmp/k",)),
    Rule("mc|minio-client", "ls|stat|du|cat|head|tree|find|diff|ping|ready|watch|get|support|sql|od !--exec", "safe", "read_only", "only reads", yes=("mc ls play/b", "mc du play/b"), no=("mc find play/b --exec x",)),
    Rule("mc|minio-client", "admin info|trace|logs|prometheus|top|console|scanner", "safe", "read_only", "only reads", yes=("mc admin info play", "mc admin trace -v play"), no=("mc admin service restart play",)),
    Rule("mc|minio-client", "* list|ls|info|get|status|export|list-*", "safe", "read_only", "only reads", id="mc-list", yes=("mc alias list",), no=("mc alias set play http://x a b",)),
    Rule("mc|minio-client", "admin * list|ls|info|get|status|export", "safe", "read_only", "only reads", id="mc-admin-list", yes=("mc admin user list play",), no=("mc admin user add play bob x",)),
    Rule("mc", "$", "caution", "opaque", "opens a file manager", id="mc-file-manager", yes=("mc",), no=("mc ls play",)),
    Rule("mc|minio-client", "*", "caution", "config_change", "writes objects or changes the store", id="mc-other", yes=("mc cp a play/b/", "mc admin service restart play", "mc mb play/b"), no=("mc ls play",)),
    Rule("azcopy", "remove|rm", "dangerous", "data_destruction", "deletes blobs or files", dry_run="+--dry-run", yes=("azcopy remove 'https://a.blob.core.windows.net/c' --recursive",), no=("azcopy list 'https://a.blob.core.windows.net/c'",)),
    Rule("azcopy", "sync --delete-destination=true|prompt", "dangerous", "data_destruction", "deletes what is not at the source", dry_run="+--dry-run", yes=("azcopy sync a b --delete-destination=true",), no=("azcopy sync a b",)),
    Rule("azcopy", "list|jobs|env|doc", "safe", "read_only", "only reads", yes=("azcopy jobs list",), no=("azcopy copy a b",)),
    Rule("azcopy", "", "caution", "config_change", "copies data", id="azcopy-other", yes=("azcopy copy a b",), no=("azcopy list a",)),
    Rule("swift", "download !@kept-aside", "caution", "config_change", "copies an object over what is here", id="swift-download-over", yes=("swift download c k -o /etc/app.conf",), no=("swift download c k -o -", "swift download c k -o /tmp/k")),
    Rule("b2|swift|ossutil", "... delete|rm|delete-*|hide-file|cancel-all*|delete_*", "dangerous", "data_destruction", "deletes objects or a bucket", yes=("b2 delete-bucket x", "swift delete c", "ossutil rm oss://b/ -r"), no=("swift list",)),
    Rule("b2|swift|ossutil", "list|stat|ls|list-*|get-*|download|get|info|file-info|auth-info|du|capabilities|version", "safe", "read_only", "only reads", yes=("swift stat c", "b2 list-buckets"), no=("swift upload c f",)),
    Rule("b2|swift|ossutil", "*", "caution", "config_change", "writes objects or changes a bucket", id="b2-other", yes=("swift upload c f",), no=("swift list",)),

    # Cloud Foundry
    Rule("cf|cf7|cf8", "delete|d|ds|dsk|us|usk|ur|delete-*|purge-*|unmap-route|unbind-*|remove-*|unset-space-role|unset-org-role|unshare-*|disable-*|deactivate-*|terminate|unset-*quota", "dangerous", "data_destruction", "deletes an application or what it needs",
         yes=("cf delete -f -r till", "cf delete-service orders-db -f", "cf unmap-route web example.com --hostname shop", "cf delete-org prod"), no=("cf apps", "cf unset-env web X")),
    Rule("cf|cf7|cf8", "stop|sp", "dangerous", "availability", "stops an application and leaves it stopped", yes=("cf stop payments",), no=("cf restart payments",)),
    Rule("cf|cf7|cf8", "scale -i=0", "dangerous", "availability", "scales to zero", yes=("cf scale web -i 0",), no=("cf scale web -i 4",)),
    Rule("cf|cf7|cf8", "curl -X=DELETE|delete", "dangerous", "data_destruction", "deletes something by its address", yes=("cf curl -X DELETE /v3/apps/1",), no=("cf curl /v3/apps",)),
    Rule("cf|cf7|cf8", "target|t !-o !-s", "safe", "read_only", "only reads", yes=("cf target",), no=("cf target -o prod -s live",)),
    Rule("cf|cf7|cf8", "curl !-X !-d", "safe", "read_only", "only reads", yes=("cf curl /v3/apps",), no=("cf curl -X POST /v3/apps",)),
    Rule("cf|cf7|cf8", "set-org-role|set-space-role ~*Manager*|*Admin*", "dangerous", "privilege", "gives wide access", yes=("cf set-org-role bob prod OrgManager",), no=("cf set-space-role bob prod dev SpaceAuditor",)),
    Rule("cf|cf7|cf8", "env|service-key|oauth-token|ssh-code", "caution", "credentials", "prints credentials", yes=("cf env web", "cf oauth-token"), no=("cf app web",)),
    Rule("cf|cf7|cf8", "apps|app|a|logs|events|services|service|s|orgs|org|spaces|space|routes|domains|version|buildpacks|stacks|stack|marketplace|m|tasks|help|org-users|space-users|quotas|quota|service-keys|network-policies|security-groups|security-group|feature-flags|"
         "isolation-segments|health-check|get-health-check|api|droplets|packages|revisions|revision|deployments|service-brokers|plugins|running-environment-variable-group|check-route|lookup-route|labels|router-groups|packages|ssh-enabled|space-ssh-allowed|files|info", "safe", "read_only", "only reads",
         yes=("cf apps", "cf logs web --recent", "cf app web --guid", "cf marketplace -s aws-rds"), no=("cf delete web",)),
    Rule("cf|cf7|cf8", "*", "caution", "config_change", "changes an application or the client's context", id="cf-other", yes=("cf restage till-staging", "cf push web", "cf restart web", "cf target -o prod -s live", "cf ssh web", "cf scale web -i 4", "cf set-env web A b"), no=("cf apps",)),

    # heroku and its like: words joined by colons.
    Rule(HEROKU, "ps:scale|ps:resize|scale|dyno:scale|formation:scale ~*=0|*=0:*", "dangerous", "availability", "scales to zero", yes=("heroku ps:scale web=0 -a books", "heroku ps:scale web=0 worker=2 --app shop"), no=("heroku ps:scale web=2 -a shop",)),
    Rule(HEROKU, "pg:reset|pg:killall|pg:promote|pg:copy|pg:restore|pg:backups:restore|pg:backups:delete|pg:unfollow|pg:detach|pg:push|pg:credentials:*|pgbackups:*|maintenance:on|redis:promote|apps:destroy|destroy|apps:transfer|apps:unlock|domains:clear|postgres:destroy|postgres:unlink|postgres:import",
         "dangerous", "data_destruction", "deletes or replaces data, or takes the application out of service",
         yes=("heroku pg:reset DATABASE_URL -a shop --confirm shop", "heroku pg:promote HEROKU_POSTGRESQL_RED -a shop", "heroku maintenance:on -a shop", "heroku pg:copy a b -a shop", "heroku pg:backups:restore b101 DATABASE_URL -a shop", "heroku apps:destroy -a shop --confirm shop"),
         no=("heroku pg:info -a shop", "heroku maintenance:off -a shop")),
    Rule(HEROKU, "ps:stop|ps:kill|dyno:kill|dyno:stop|pg:kill|logs:drain", "caution", "availability", "stops one process; the platform starts it again", yes=("heroku ps:stop web.1 -a shop",), no=("heroku ps -a shop",)),
    Rule("dokku", "ps:stop|ps:rebuild-all", "dangerous", "availability", "stops an application and leaves it stopped", id="dokku-ps-stop", yes=("dokku ps:rebuild-all",), no=("dokku ps:report web",)),
    Rule(HEROKU, "config:unset|config:clear|labs:disable|features:disable|plugins:uninstall|buildpacks:remove|buildpacks:clear|drains:remove|logout|keys:remove|git:remote", "caution", "config_change", "changes settings", yes=("heroku config:unset DEBUG -a shop",), no=("heroku config:get DEBUG -a shop",)),
    Rule(HEROKU, "config|config:get|config:show|config:export|pg:credentials:url|auth:token|authorizations:info|pg:credentials", "caution", "credentials", "prints settings with their secrets", yes=("heroku config -a shop", "heroku config:get DATABASE_URL -a shop"), no=("heroku ps -a shop",)),
    Rule(HEROKU, "*:remove|*:destroy|*:delete|*:revoke|*:disable|*:detach|*:clear|*:rotate|*:unlink|*:leave|*:stop|*:rm", "dangerous", "data_destruction", "takes something of the application away", yes=("heroku addons:destroy redis -a shop", "heroku domains:remove www.example.com -a shop", "heroku addons:detach DATABASE -a shop"), no=("heroku addons -a shop",)),
    Rule(HEROKU, "ps|logs|apps|apps:info|apps:list|releases|releases:info|addons|addons:info|domains|domains:info|info|status|access|certs|certs:info|drains|features|labs|keys|members|pipelines|pipelines:info|regions|spaces|stack|teams|orgs|whoami|auth:whoami|version|help|builds|ci|events|plugins|webhooks|buildpacks|notifications|"
         "pg|pg:info|pg:diagnose|pg:ps|pg:locks|pg:blocking|pg:outliers|pg:bloat|pg:long-running-queries|pg:wait|pg:index-usage|pg:cache-hit|pg:calls|pg:table-size|pg:backups|pg:backups:info|pg:backups:url|pg:backups:schedules|pg:settings|pg:links|pg:connection-pooling|pg:maintenance|pg:upgrade:*|redis|redis:info|redis:wait|maintenance|apps:favorites|*:list|*:report|*:info",
         "safe", "read_only", "only reads", yes=("heroku ps -a shop", "heroku logs --tail -a shop", "heroku releases -a shop", "heroku pg:info -a shop", "heroku apps --all"), no=("heroku restart -a shop",)),
    Rule(HEROKU, "*", "caution", "config_change", "changes the application, or opens a shell in it", id="heroku-other", yes=("heroku restart -a shop", "heroku ps:restart web -a shop", "heroku ps:scale web=2 -a shop", "heroku config:set A=b -a shop", "heroku releases:rollback v12 -a shop", "heroku run -a shop", "heroku maintenance:off -a shop", "heroku pg:psql -a shop"), no=("heroku ps -a shop",)),

    # fly, which is also the client of Concourse
    Rule("fly", "destroy-pipeline|dp|destroy-team|prune-worker|land-worker|pause-pipeline|abort-build|ab|clear-*|archive-pipeline|rename-team", "dangerous", "availability", "takes a pipeline, a team or a worker away", yes=("fly -t ci destroy-pipeline -p deploy -n", "fly -t ci prune-worker -w w-1"), no=("fly -t ci get-pipeline -p deploy",)),
    Rule("fly", "get-pipeline|gp|pipelines|ps|builds|bs|jobs|js|workers|ws|containers|cs|volumes|vs|teams|t|targets|ts|watch|w|userinfo|resource-versions|rvs|check-resource|cr|checklist|validate-pipeline|vp|format-pipeline|resources|rs|active-users|get-team !create !destroy !delete !extend !fork !update !restore", "safe", "read_only", "only reads", id="fly-ci-read", yes=("fly -t ci get-pipeline -p deploy", "fly -t ci builds", "fly -t ci watch -j deploy/prod", "fly volumes"), no=("fly -t ci set-pipeline -p deploy -c p.yml", "fly volumes destroy vol_1")),
    Rule(FLY, "scale count ~0|*=0", "dangerous", "availability", "scales to zero", yes=("fly scale count 0 -a shop", "flyctl scale count web=0"), no=("fly scale count 2 -a shop",)),
    Rule(FLY, "apps|app destroy|suspend|move", "dangerous", "availability", "takes an application away", yes=("fly apps destroy shop -y",), no=("fly apps list",)),
    Rule(FLY, "* destroy|delete|rm|remove|stop|kill|suspend|cordon|detach|failover|unset|release|revoke|release-v6|reset|leave", "dangerous", "data_destruction", "takes a part of the application away", id="fly-part-destroy",
         yes=("fly machine destroy 1781 --force", "fly volumes destroy vol_1", "fly postgres failover -a db", "fly ips release 1.2.3.4", "fly machine stop 1781", "fly secrets unset KEY"), no=("fly volumes list",)),
    Rule(FLY, "destroy|suspend", "dangerous", "availability", "takes an application away", id="fly-destroy", yes=("fly suspend shop",), no=("fly resume shop",)),
    Rule(FLY, "status|logs|list|apps|releases|history|info|version|doctor|services|platform|monitor|checks|ping|dig|dashboard|metrics|image-show !create !restart !open", "safe", "read_only", "only reads", yes=("fly status -a shop", "fly logs -a shop", "fly apps list", "fly releases"), no=("fly deploy", "fly apps restart shop")),
    Rule(FLY, "*s|machine|volume|postgres|pg|config|image|orgs|scale|ips|certs|secrets|redis|tokens list|show|status|info|view|check|snapshots|events|config|display", "safe", "read_only", "only reads", id="fly-part-list", yes=("fly machine list", "fly scale show", "fly secrets list"), no=("fly machine restart 1781",)),
    Rule(FLY, "*", "caution", "config_change", "changes an application, or opens a shell in it", id="fly-other", yes=("fly deploy", "fly ssh console", "fly apps restart shop", "fly scale count 2", "fly machine restart 1781", "fly secrets set A=b"), no=("fly status",)),

    # Sites and functions.
    Rule("wrangler|firebase", "... --dry-run=|true", "safe", "dry_run", "only says what it would do", yes=("wrangler deploy --dry-run --outdir d",), no=("wrangler deploy",)),
    Rule("sam", "deploy --no-execute-changeset", "safe", "dry_run", "only makes a change set to look at", yes=("sam deploy --no-execute-changeset",), no=("sam deploy",)),
    Rule("wrangler", "* ... delete|purge|purge-cache|remove|rm|drop|bulk-delete", "dangerous", "data_destruction", "deletes data or settings of a worker",
         yes=("wrangler kv:key delete --binding K x", "wrangler r2 bucket delete b", "wrangler d1 delete db", "wrangler queues purge q", "wrangler secret delete KEY"), no=("wrangler kv key list",)),
    Rule("wrangler", "d1 execute", "caution", "config_change", "runs SQL, which is not read here", yes=("wrangler d1 execute db --file m.sql",), no=("wrangler d1 list",)),
    Rule("wrangler", "delete", "dangerous", "availability", "takes a worker away", id="wrangler-delete-worker", yes=("wrangler delete api",), no=("wrangler deploy",)),
    Rule("wrangler", "deploy|publish|rollback|dev|secret|versions|login|logout|init|pages|triggers !list !ls !view !status", "caution", "config_change", "publishes a worker or changes its settings", yes=("wrangler deploy", "wrangler rollback", "wrangler secret put KEY"), no=("wrangler tail",)),
    Rule("wrangler", "tail|whoami|deployments|types|docs", "safe", "read_only", "only reads", yes=("wrangler tail api", "wrangler whoami"), no=("wrangler deploy",)),
    Rule("vercel", "ls|list|inspect|logs|whoami|help", "safe", "read_only", "only reads", yes=("vercel ls", "vercel logs https://x.vercel.app"), no=("vercel rm shop",)),
    Rule("vercel", "remove|rm", "dangerous", "availability", "takes a deployment away", yes=("vercel rm shop --yes", "vercel remove shop"), no=("vercel ls",)),
    Rule("vercel", "alias|domains|dns|env|project|secrets|certs|teams|projects rm|remove|delete", "dangerous", "network", "takes a name, a setting or a project away", yes=("vercel env rm KEY production", "vercel dns rm rec_1", "vercel alias rm shop.example.com"), no=("vercel env ls",)),
    Rule("vercel", "alias|domains|dns|env|project|secrets|certs|teams|projects ls|list|inspect", "safe", "read_only", "only reads", id="vercel-list", yes=("vercel env ls",), no=("vercel env add KEY",)),
    Rule("vercel", "", "caution", "config_change", "publishes a site or changes its settings", id="vercel-other", yes=("vercel --prod", "vercel promote https://x.vercel.app", "vercel rollback", "vercel env pull"), no=("vercel ls",)),
    Rule("netlify|ntl|firebase", "*:delete|*:unset|*:disable|*:rm|*:remove|*:destroy", "dangerous", "data_destruction", "deletes a site, its data or its settings", yes=("netlify sites:delete --force", "firebase firestore:delete --all-collections", "firebase hosting:disable"), no=("netlify sites:list",)),
    Rule("netlify|ntl|firebase", "*:list|status|*:get|*:log|*:export|watch", "safe", "read_only", "only reads", yes=("netlify sites:list", "netlify status"), no=("netlify deploy --prod",)),
    Rule("netlify|ntl|firebase", "*", "caution", "config_change", "publishes a site or changes its settings", id="netlify-other", yes=("netlify deploy --prod", "firebase deploy --only functions"), no=("netlify status",)),
    Rule("eb", "terminate", "dangerous", "availability", "terminates an environment", yes=("eb terminate prod --force",), no=("eb status",)),
    Rule("eb", "scale ~0", "dangerous", "availability", "scales to zero", yes=("eb scale 0",), no=("eb scale 2",)),
    Rule("eb", "swap", "dangerous", "network", "swaps the names of two environments", yes=("eb swap prod -n blue",), no=("eb list",)),
    Rule("eb", "status|health|events|logs|list|printenv", "safe", "read_only", "only reads", yes=("eb status", "eb health"), no=("eb deploy",)),
    Rule("eb", "", "caution", "config_change", "changes an environment", id="eb-other", yes=("eb deploy", "eb ssh", "eb setenv A=b"), no=("eb status",)),
    Rule("fastly", "purge|cache-purge --all", "dangerous", "availability", "empties the whole cache: the origin gets everything", yes=("fastly purge --all --service-id s",), no=("fastly purge --url https://x",)),
    Rule("fastly", "purge", "caution", "availability", "empties a part of the cache", id="fastly-purge-some", yes=("fastly purge --key k",), no=("fastly purge --all",)),
    Rule("cloudflared", "tunnel delete|cleanup", "dangerous", "network", "takes a tunnel away", yes=("cloudflared tunnel delete shop",), no=("cloudflared tunnel list",)),
    Rule("serverless|sls|sam|copilot|amplify|render|railway|supabase|pscale|neonctl|okteto", "info|logs|metrics|print|status|validate|package|build|local|invoke-local|dashboard|whoami|svc-logs", "safe", "read_only", "only reads or builds", yes=("serverless info --stage prod", "sam logs -n f", "sam validate"), no=("serverless remove --stage prod",)),
    Rule("supabase", "db reset", "dangerous", "data_destruction", "throws the database away and makes it again", yes=("supabase db reset --linked",), no=("supabase db diff",)),
    Rule("cloud-platform", "version|help", "safe", "read_only", "only reads", yes=("cloud-platform version",), no=("cloud-platform cluster recycle-node --name n",)),
    Rule("cloud-platform", "... recycle-node|cordon-and-drain", "dangerous", "cluster_scope", "drains a node and terminates it", yes=("cloud-platform cluster recycle-node --name n",), no=("cloud-platform version",)),
    Rule("cloud-platform", "decode-secret", "caution", "credentials", "prints a secret", yes=("cloud-platform decode-secret -n ns -s db",), no=("cloud-platform version",)),
    Rule("temporal|tctl", "workflow|wf terminate|delete|reset|cancel|term", "dangerous", "process_kill", "ends workflows or throws them back", yes=("temporal workflow terminate -w id", "tctl wf reset -w id"), no=("temporal workflow show -w id",)),
    Rule("confluent|ccloud", "... delete|pause", "dangerous", "data_destruction", "deletes a cluster, a topic or a key", yes=("confluent kafka topic delete orders", "confluent api-key delete K"), no=("confluent kafka topic list",)),
    Rule("atlas", "... terminate|delete|pause|deleteAll|failover", "dangerous", "data_destruction", "deletes or stops a cluster", yes=("atlas clusters delete prod --force", "atlas clusters pause prod"), no=("atlas clusters list",)),
    Rule("atlas", "... backups restores start", "dangerous", "data_destruction", "puts a backup over a cluster", yes=("atlas backups restores start automated --clusterName prod",), no=("atlas backups restores list prod",)),
)
# fmt: on
